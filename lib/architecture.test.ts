import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import {
  type Collection,
  PATH_VARIABLES,
  RESERVED_NAMES,
  RESERVED_PARAMETERS,
} from './collections/define.ts'
import * as collections from './collections/index.ts'
import { contract, type OperationId, pathsOf } from './contract/operations.ts'
import { readerOf } from './items/item.ts'

const root = process.cwd()

function sources(folder: string, ending = /\.tsx?$/): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => ending.test(name) && !/\.test\.ts$/.test(name))
    .sort()
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)]
  return found.map((match) => {
    const specifier = match[1] ?? ''
    if (specifier.startsWith('@/')) return specifier.slice(2)
    return specifier.startsWith('.')
      ? relative(root, resolve(root, dirname(file), specifier))
      : specifier
  })
}

/** What each part may import of this project. `lib/deps` and `app.ts` join the parts. */
const ALLOWED: Record<string, RegExp> = {
  'lib/contract/':
    /^lib\/(contract\/|collections\/(define|older-paths)\.ts|rate-limit\/policies\.ts)/,
  'lib/store/': /^lib\/(store\/|contract\/(access|problems)\.ts|same-text\.ts|trace\.ts)/,
  'lib/rate-limit/':
    /^lib\/(rate-limit\/|store\/|contract\/problems\.ts|(bounded-map|gathering|log|tellings|trace)\.ts)/,
  'lib/auth/':
    /^lib\/(auth\/|store\/|rate-limit\/|collections\/define\.ts|contract\/(access|problems)\.ts|(bounded-map|hash|log|mail|network|once|operation|paging|printable|pwned-passwords|random-text|same-text|signed-text|trace|validation)\.ts)/,
  'lib/usage/':
    /^lib\/(usage\/|auth\/|store\/|rate-limit\/types\.ts|contract\/problems\.ts|(log|operation|paging|tellings)\.ts)/,
  'lib/collections/': /^lib\/(collections\/|store\/keys\.ts|contract\/access\.ts)/,
  'lib/items/':
    /^lib\/(items\/|collections\/|store\/|contract\/(access|problems)\.ts|(bounded-map|entity-tags|hash|log|operation|paging|same-text|signed-text|validation)\.ts)/,
  'lib/mcp/': /^lib\/((mcp|items|openapi|collections)\/|(once|operation)\.ts)/,
  'lib/graphql/':
    /^lib\/((graphql|items|collections|contract|store)\/|(once|operation|paging)\.ts)/,
  'lib/http/':
    /^lib\/(http|contract|settings|deps|openapi|auth|items|collections|store|rate-limit|graphql|mcp)\/|^lib\/(bounded-map|entity-tags|gathering|hash|log|name|network|once|operation|platform|printable|same-text|signed-text|trace|validation)\.ts/,
  'lib/client/': /^lib\/(client\/|collections\/index\.ts|contract\/problems\.ts)/,
  'app/': /^(app|lib)\//,
  'seed/': /^(seed|lib|local|demo)\//,
  'local/': /^(local|lib|seed)\//,
}

test('imports point one way', () => {
  const wrong: string[] = []
  for (const [folder, allowed] of Object.entries(ALLOWED)) {
    for (const file of sources(folder)) {
      for (const target of importsOf(file)) {
        const own = /^(app|demo|lib|local|seed|e2e|middleware)\b/.test(target)
        if (own && !allowed.test(target)) wrong.push(`${file} imports ${target}`)
      }
    }
  }
  expect(wrong).toEqual([])
})

test('no file needs itself, types included', () => {
  const needs = new Map(sources('lib').map((file) => [file, importsOf(file)]))
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (path.includes(file) || done.has(file)) return
    for (const next of needs.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of needs.keys()) visit(file, [])
  expect(circles).toEqual([])
})

test('lib runs anywhere: no Next, Node or TCP, and one reader of process.env', () => {
  const wrong: string[] = []
  for (const file of sources('lib')) {
    for (const target of importsOf(file)) {
      // What is for React imports React, and what has nothing to do with it does not import that.
      const isReact = file === 'lib/react.tsx' && target === 'react'
      if (/^(node:|next|react|ioredis|js-redis-server)/.test(target) && !isReact)
        wrong.push(`${file} imports ${target}`)
    }
    const text = readFileSync(join(root, file), 'utf8')
    if (file !== 'lib/settings/settings.ts' && /process\.env/.test(text))
      wrong.push(`${file} reads process.env`)
    if (/^lib\/auth\//.test(file) && /Date\.now|randomUUID|\bfetch\(/.test(text)) {
      wrong.push(`${file} takes time, chance or the network by itself`)
    }
  }
  expect(wrong).toEqual([])
})

test('nothing below the gate imports zod', () => {
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const text = readFileSync(join(root, file), 'utf8').replace(
      /^import type [^;]*?from '[^']+'$/gms,
      '',
    )
    for (const match of text.matchAll(/from '(\.[^']+|zod[^']*)'/g)) {
      const target = match[1] ?? ''
      expect(target, `${file} → ${target}`).not.toMatch(/^zod/)
      visit(relative(root, resolve(root, dirname(file), target)))
    }
  }
  visit('lib/http/gate.ts')
  expect(seen.size).toBeGreaterThan(10)
})

test('every path of the contract has an edge route of its own, and no route is without a row', () => {
  const expected = (Object.keys(contract) as OperationId[]).flatMap(pathsOf)
  const folders = expected.map((path) =>
    path
      .replace(/\{\w+=(\w+)\}/g, '$1')
      // For Next `stars:batch` is a name like any other: the route of the list serves it.
      .replace(/\{(\w+)\}(:\w+)?/g, '[$1]'),
  )
  const files = sources('app', /route\.ts$/).filter((file) =>
    /^app\/(api|v1|\.well-known)\//.test(file),
  )
  expect(files).toEqual([...new Set(folders)].map((folder) => `app${folder}/route.ts`).sort())
  for (const file of sources('app', /route\.ts$/)) {
    const text = readFileSync(join(root, file), 'utf8')
    expect(text, file).toMatch(/^export const runtime = 'edge'$/m)
    expect(text.split('\n').length, file).toBeLessThanOrEqual(31)
  }
})

test('every collection file is registered, and says nothing that cannot be', () => {
  const files = sources('lib/collections').filter((file) =>
    /= defineCollection\(/.test(readFileSync(join(root, file), 'utf8')),
  )
  const names = files.map((file) => file.replace(/^lib\/collections\/(.*)\.ts$/, '$1'))
  expect(names).toEqual(Object.keys(collections).sort())
  const registry: Readonly<Record<string, Collection>> = collections
  for (const [name, collection] of Object.entries(registry)) {
    expect(collection.name).toBe(name)
    expect(faultsOf(collection)).toEqual([])
  }
})

/** What the type of a collection cannot refuse. */
function faultsOf(collection: Collection): string[] {
  const { access, filter = [], sort = [], search = [], stamps = [] } = collection
  const { names } = readerOf(collection)
  const sorted = sort.flatMap((order) => order.split(',').map((part) => part.replace(/^-/, '')))
  const owned = access.update === 'owner' || access.delete === 'owner'
  return [
    ...[...filter, ...sorted, ...stamps].filter((field) => !names.includes(field)),
    ...search.filter((field) => field !== 'id' && !names.includes(field)),
    ...filter.filter((field) => RESERVED_PARAMETERS.some((reserved) => reserved === field)),
    ...(owned && !stamps.includes('owner') ? ['owner without a stamp'] : []),
    ...(names.includes('id') ? ['id is no field'] : []),
  ]
}

test('the names that collections cannot have are those of the operations', () => {
  const segments = Object.values(contract).map(({ path }) => /^\/api\/([^/{]+)/.exec(path)?.[1])
  for (const segment of segments) {
    if (segment !== undefined) expect(RESERVED_NAMES).toContain(segment)
  }
})

test('the parameters that collections cannot have are the variables of their paths', () => {
  const paths = Object.values(contract).flatMap(({ path }) =>
    path.includes('{collection}') ? [...path.matchAll(/\{(\w+)\}/g)] : [],
  )
  expect(new Set(paths.map(([, name]) => name))).toEqual(new Set(PATH_VARIABLES))
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from '@playwright/test'

const root = process.cwd()
const map = readFileSync(join(root, 'docs/architecture.md'), 'utf8')

/** A clone of somebody's own has a README of its own, and neither the demo's examples nor its benchmark. */
const HAS_DEMO = existsSync(join(root, 'demo'))
const GONE = /^(README\.md|bench\/|examples\/)/

/** Hosts start these two; every other file is imported. */
const BEGINNINGS = /^(middleware\.ts|app\/.*\/route\.ts)$/

function filesUnder(heading: string): string[] {
  const section = map.split(`### ${heading}\n`)[1]?.split(/\n##/)[0] ?? ''
  return [...section.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, file]) => file ?? '')
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/from '(@\/|\.[^']*\/)([^']+)'/g)].map(([, start = '', rest = '']) =>
    start === '@/' ? rest : relative(root, resolve(root, dirname(file), start, rest)),
  )
}

for (const [heading, most] of [
  ['The files of this read', 20],
  ['The files of signing in', 25],
] as const) {
  test(`${heading.toLowerCase()}: ${most} at most, and each is imported by one above it`, () => {
    const files = filesUnder(heading)
    expect(files.length).toBeGreaterThan(most / 2)
    expect(files.length).toBeLessThanOrEqual(most)
    const unreached = files.filter((file, index) => {
      const above = files.slice(0, index).flatMap(importsOf)
      return !BEGINNINGS.test(file) && !above.includes(file)
    })
    expect(unreached).toEqual([])
  })
}

test('every record of the key table is described', () => {
  const table = readFileSync(join(root, 'lib/store/keys.ts'), 'utf8')
  const keys = [...table.matchAll(/^ \* \| `([^`]+)` \|/gm)].map(([, key]) => key ?? '')
  expect(keys.length).toBeGreaterThan(20)
  expect(keys.filter((key) => !map.includes(`\`${key}\``))).toEqual([])
})

test('every word is explained once, in the order of the alphabet', () => {
  const section = map.split('## Words\n')[1]?.split('\n## ')[0] ?? ''
  const words = [...section.matchAll(/^\| ([a-z][a-z -]*?) +\|/gm)].map(([, word]) => word ?? '')
  expect(words.length).toBeGreaterThan(20)
  expect(words.slice(1)).toEqual([...new Set(words.slice(1))].sort())
})

test('every link between pages leads to a file and a heading that are there', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  ]
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]+))?\)/g)]
      .filter(([, path = '', heading]) => {
        const target = path === '' ? page : join(dirname(page), path)
        if (!HAS_DEMO && GONE.test(target)) return false
        if (!existsSync(join(root, target))) return true
        return heading !== undefined && !headingsOf(target).includes(heading)
      })
      .map(([link]) => `${page}: ${link}`),
  )
  expect(broken).toEqual([])
})

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

/** The headings of a page, as GitHub names them in links. */
function headingsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

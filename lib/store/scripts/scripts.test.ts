import { readdirSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { namesOf } from '../../../test/support/lua.ts'

/** What Redis gives to a script, beside `KEYS` and `ARGV`, which only the names in front of it read. */
const KNOWN = new Set(
  'redis cjson string table math tonumber tostring type ipairs pairs pcall unpack'.split(' '),
)

interface AnyScript {
  name: string
  keys: readonly string[]
  args: readonly string[]
  lua: string
  text: string
}

function isScript(value: unknown): value is AnyScript {
  return typeof value === 'object' && value !== null && 'lua' in value && 'text' in value
}

const scripts: [string, AnyScript][] = []
test.beforeAll(async () => {
  for (const file of readdirSync('lib/store/scripts')) {
    if (file.endsWith('.test.ts')) continue
    const exported: Record<string, unknown> = await import(`./${file}`)
    for (const [name, value] of Object.entries(exported)) {
      if (isScript(value)) scripts.push([`${file} ${name}`, value])
    }
  }
})

const bare = (spec: string): string => spec.replace(/^\.\.\./, '').replace(/: \w+$/, '')

test('every script speaks of the names that it declares, and of no other', () => {
  expect(scripts.length).toBeGreaterThan(40)
  const wrong = scripts.flatMap(([where, script]) => {
    const declared = [...script.keys, ...script.args].map(bare)
    const { globals } = namesOf(script.lua)
    return [
      ...declared
        .filter((name, index) => declared.indexOf(name) !== index)
        .map((name) => `${where}: ${name} twice`),
      ...[...globals]
        .filter((name) => !KNOWN.has(name) && !declared.includes(name))
        .map((name) => `${where}: ${name} is nowhere declared`),
      ...declared
        .filter((name) => !globals.has(name))
        .map((name) => `${where}: ${name} is never used`),
    ]
  })
  expect(wrong).toEqual([])
})

test('each script has a name of its own', () => {
  const names = scripts.map(([, { name }]) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('no script carries a function that it does not call', () => {
  const idle = scripts.flatMap(([where, { text }]) =>
    namesOf(text)
      .locals.filter(({ name, uses }) => uses === 0 && !/^(_|i|step)$/.test(name))
      .map(({ name }) => `${where}: ${name}`),
  )
  expect(idle).toEqual([])
})

test('what goes over the wire reads KEYS and ARGV, and is Lua', () => {
  for (const [where, { text }] of scripts) {
    const { globals } = namesOf(text)
    const unknown = [...globals].filter((name) => !KNOWN.has(name) && !/^(KEYS|ARGV)$/.test(name))
    expect(unknown, where).toEqual([])
  }
})

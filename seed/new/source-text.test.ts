import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { object } from 'zod/mini'
import { toJSONSchema } from 'zod/v4/core'
import { type Collection, defineCollection } from '../../lib/collections/define.ts'
import { z } from '../../lib/collections/schema.ts'
import { keptIndexesOf } from '../../lib/items/declaration.ts'
import { jsonRows } from '../json.ts'
import { collectionOf } from './build.ts'
import { decide } from './decide.ts'
import { withCollection } from './registry.ts'
import { sourceText } from './source-text.ts'

const word = fc.oneof(
  fc.constantFrom('size', 'Beak Length (mm)', 'it’s', "it's", 'a "b"', 'id', 'name', 'x/y*/'),
  fc.string({ maxLength: 40 }),
)
const scalar = fc.oneof(
  fc.constantFrom('red', 'green', "it's", 'say "it\'s"', '2024-01-31', 'NA', ''),
  fc.string({ maxLength: 20 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const value = fc.oneof(
  { withCrossShrink: true },
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.record({ a: scalar, 'b c': scalar, d: fc.record({ e: scalar }) }, { requiredKeys: ['a'] }),
)
/** Rows of which each column has a few values: words, numbers, and whatever else. */
const table = fc
  .array(fc.tuple(word, fc.array(value, { minLength: 1, maxLength: 4 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((columns) =>
    Array.from({ length: 24 }, (_, row) =>
      Object.fromEntries(columns.map(([name, values]) => [name, values[row % values.length]])),
    ),
  )

/** Decides about rows, as about a file. */
function decided(rows: readonly object[], name: string): ReturnType<typeof decide> {
  const text = JSON.stringify([...rows, { kept: 'A column that is no id' }])
  return decide(() => jsonRows(text), {
    name,
    prefix: `${name}:`,
    id: undefined,
    isPublic: false,
    isOfTexts: false,
  })
}

/** What the file would define. */
function defined(text: string): Collection {
  const body = text.replace(/^import .*$/m, '').replace(/export const \w+ =/, 'return')
  return new Function('defineCollection', body)(defineCollection)
}

/** All that a collection says, but for functions. */
function saidBy({ fields, ...said }: Collection): unknown {
  return [
    said,
    toJSONSchema(object(fields(z)), { unrepresentable: 'any', io: 'input' }),
    [...keptIndexesOf({ fields, ...said }).fingerprints],
  ]
}

test('the file defines the collection that the rows were loaded into', () => {
  fc.assert(
    fc.property(table, (rows) => {
      const decision = decided(rows, 'things')
      const written = defined(sourceText(decision, "it's *\\/ a file.json"))
      expect(saidBy(written)).toEqual(saidBy(collectionOf(decision)))
    }),
  )
})

test('the formatter would leave the file as it is', () => {
  const samples = fc.sample(table, { numRuns: 100, seed: 7 })
  const texts = samples.map((rows, at) =>
    sourceText(decided(rows, `things${at}`), `a file with a long name, number ${at}.json`),
  )
  const [first = ''] = texts
  const [line = ''] = first.split('\n')
  const all = `${line}\n\n${texts.map((text) => text.slice(line.length + 2)).join('\n')}`
  const biome = join('node_modules', '.bin', 'biome')
  const args = ['format', '--stdin-file-path=things.ts']
  const { stdout, stderr } = spawnSync(biome, args, { input: all, encoding: 'utf8' })
  expect(stdout, stderr).toBe(all)
})

test('a line of the registry is added once, in the order of the names', () => {
  const empty = '// The registry.\nexport {}\n'
  const one = withCollection(empty, 'moons')
  expect(one).toBe("// The registry.\nexport { moons } from './moons.ts'\n")
  expect(withCollection(one, 'moons')).toBe(one)
  expect(withCollection(withCollection(one, 'stars'), 'comets')).toBe(
    `// The registry.
export { comets } from './comets.ts'
export { moons } from './moons.ts'
export { stars } from './stars.ts'
`,
  )
})

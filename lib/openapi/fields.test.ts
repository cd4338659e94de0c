import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { type Schema, Schemas } from '../../test/support/json-schema.ts'
import { KINDS } from '../../test/support/random-collections.ts'
import { type Collection, defineCollection, type Zod } from '../collections/define.ts'
import { accept } from '../items/field.ts'
import { parseFilter } from '../items/filter.ts'
import { readerOf } from '../items/item.ts'
import { OPERATIONS } from '../operations.ts'
import { collectionSchemas } from './bodies.ts'
import { parametersOf } from './parameters.ts'

const names = Object.keys(KINDS) as (keyof typeof KINDS)[]
const all: Collection = defineCollection({
  name: 'alls',
  prefix: 'all:',
  access: { list: 'public', get: 'public', create: 'user', update: 'user', delete: 'user' },
  fields: (z: Zod) => ({
    ...Object.fromEntries(names.map((name) => [name, KINDS[name].type(z)])),
    mail: z.optional(z.email()),
    none: z.nullable(z.date()),
    nobody: z.nullable(z.enum(['a', 'b'])),
    lists: z.optional(z.array(z.nullable(z.object({ at: z.datetime() })))),
    more: z.optional(z.json()),
    rank: z.optional(z.nullable(z.int())),
  }),
  filter: names,
} as never)
const { All, AllPatch } = collectionSchemas(all)
const { properties, required } = Object(All)
const schemas = new Schemas({})

test('each type is what generators know by its format, bounds and members', () => {
  const { day, time, price, link, reference, words, place, anything, mail, none, nobody, lists } =
    properties
  expect(day).toMatchObject({ type: 'string', format: 'date' })
  expect(time).toMatchObject({ type: 'string', format: 'date-time' })
  expect(price).toMatchObject({ type: 'string', pattern: expect.stringContaining('{1,2}') })
  expect(link).toMatchObject({ type: 'string', format: 'uri' })
  expect(mail).toMatchObject({ type: 'string', format: 'email', maxLength: 254 })
  expect(reference).toMatchObject({ type: 'string', minLength: 1, maxLength: 256 })
  // Of a list that lists are filtered by, and of one that its bytes alone bound.
  expect(words).toMatchObject({ type: 'array', items: { type: 'string' }, maxItems: 1_000 })
  expect(lists).toMatchObject({ type: 'array', maxItems: 8_192 })
  expect(place).toMatchObject({
    type: 'object',
    properties: { x: { type: 'integer' }, note: { type: 'string' } },
    required: ['x'],
    additionalProperties: false,
  })
  expect(anything).toEqual({ description: expect.stringContaining('16384 bytes') })
  expect(none).toMatchObject({ type: ['string', 'null'], format: 'date' })
  expect(nobody).toMatchObject({ type: ['string', 'null'], enum: ['a', 'b', null] })
  expect(lists.items).toMatchObject({ type: ['object', 'null'], required: ['at'] })
  expect(required).toEqual(['id', ...names, 'none', 'nobody'])
})

test('what may be taken away is null or what it was: types are words, each once', () => {
  const { more, rank } = Object(AllPatch).properties
  expect(more).not.toHaveProperty('type')
  expect(rank.type).toEqual(['integer', 'null'])
})

test('what a field takes fits its schema, and what the schema allows is taken', () => {
  for (const field of readerOf(all).fields) {
    const schema: Schema = properties[field.name]
    if (field.name in KINDS) {
      const { value } = KINDS[field.name as keyof typeof KINDS]
      fc.assert(
        fc.property(value as fc.Arbitrary<unknown>, (each) => {
          expect(schemas.faults(schema, each), `${field.name}: ${JSON.stringify(each)}`).toEqual([])
        }),
        { numRuns: 30 },
      )
    }
    if (field.name === 'anything') continue
    const samples = schemas.samples(schema)
    expect(samples.length, field.name).toBeGreaterThan(0)
    for (const sample of samples) {
      // How long a list is in bytes is said in words alone.
      if (JSON.stringify(sample).length > 16_000) continue
      expect(accept(field, sample), `${field.name}: ${JSON.stringify(sample)}`).toMatchObject({
        ok: true,
      })
    }
  }
})

test('the filters of the document are those that lists take', () => {
  const filters = parametersOf(OPERATIONS.listItems, all).filter(
    ({ name }) => parseFilter(all, String(name), 'x') !== undefined,
  )
  const named = filters.map(({ name }) => String(name))
  expect(named.filter((name) => name.startsWith('price'))).toEqual(
    ['', '[gt]', '[gte]', '[lt]', '[lte]', '[ne]', '[exists]'].map((way) => `price${way}`),
  )
  expect(named.filter((name) => name.startsWith('words'))).toEqual(
    ['', '[ne]', '[ci]', '[exists]'].map((way) => `words${way}`),
  )
  expect(named.filter((name) => name.startsWith('place'))).toEqual(['place[exists]'])
  for (const { name, schema } of filters) {
    for (const sample of schemas.samples(schema)) {
      const texts = [sample].flat().map(String)
      const parsed = parseFilter(all, String(name), texts.length === 1 ? (texts[0] ?? '') : texts)
      expect(typeof parsed, `${name}=${texts.join()}: ${JSON.stringify(parsed)}`).toBe('object')
    }
  }
})

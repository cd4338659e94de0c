import { expect, test } from '@playwright/test'
import type { Collection, Shape, Zod } from '../collections/define.ts'
import { TYPE_NAMES } from '../collections/schema.ts'
import { collectionFaults, declarationFaults } from './declaration-faults.ts'
import { allCollections } from './registry.ts'

test('the collections of this project have no faults', () => {
  expect(collectionFaults(allCollections())).toEqual([])
})

/** What the compiler would refuse, as a bundler sees it. */
function withFields(source: string): Collection {
  const fields: (z: Zod) => Shape = new Function('z', `return ${source}`) as never
  const access = {
    list: 'user',
    get: 'user',
    create: 'user',
    update: 'user',
    delete: 'user',
  } as const
  return { name: 'films', prefix: 'film:', access, fields }
}

const TYPES = `The types are ${TYPE_NAMES.map((name) => `z.${name}`).join(', ')}.`

for (const [what, source, said] of [
  ['a type', '{ year: z.int(), released: z.day() }', 'released has z.day'],
  ['one within another', '{ released: z.optional(z.day()) }', 'released has z.day'],
  ['one with checks', '{ at: z.timestamp().check(z.minLength(1)) }', 'at has z.timestamp'],
  ['a check', '{ code: z.string().check(z.minLength(1), z.uppercase()) }', 'code has z.uppercase'],
  ['one in a shape', '{ place: z.object({ x: z.short() }) }', 'place has z.short'],
] as const) {
  test(`${what} that does not exist is named with its field, its file and the types there are`, () => {
    expect(declarationFaults(withFields(`(${source})`))).toEqual([
      `lib/collections/films.ts: the field ${said}, which there is not. ${TYPES}`,
    ])
  })
}

const access = {
  list: 'user',
  get: 'user',
  create: 'user',
  update: 'user',
  delete: 'user',
} as const
const films: Collection = {
  name: 'films',
  prefix: 'film:',
  access,
  fields: (z) => ({
    title: z.string(),
    maker: z.reference('makers'),
    tags: z.array(z.string()),
    place: z.object({ x: z.int() }),
    lead: z.optional(z.array(z.reference('people'))),
  }),
}

for (const [what, more, said] of [
  ['an order of a list', { sort: ['-title,tags'] }, 'sort: tags has no order.'],
  ['an order of an object', { sort: ['place'] }, 'sort: place has no order.'],
  ['an order of what is no field', { sort: ['titel'] }, 'sort: titel is no field.'],
  ['a filter of what is no field', { filter: ['titel'] }, 'filter: titel is no field.'],
  ['a search of what is no field', { search: ['id', 'titel'] }, 'search: titel is no field.'],
  ['a stamp that is no field', { stamps: ['updatedAt'] }, 'stamps: updatedAt is no field.'],
  ['a unique list', { unique: ['tags'] }, 'unique: tags has no single value.'],
  [
    'a unique field with a default',
    { fields: (z) => ({ ...films.fields(z), code: z.default(z.string(), 'a') }), unique: ['code'] },
    'unique: code has a default, which many items would have.',
  ],
  [
    'a default where null can be',
    { fields: (z) => ({ ...films.fields(z), code: z.default(z.nullable(z.string()), 'a') }) },
    'the field code has a default and can be null: where nothing is stored, which of them is it?',
  ],
  [
    'a default that does not fit',
    { fields: (z) => ({ ...films.fields(z), day: z.default(z.date(), '2026-02-30') }) },
    'the field day has a default that does not fit it.',
  ],
  [
    'a field with the name of something else',
    { fields: (z) => ({ ...films.fields(z), included: z.string() }) },
    'no field can be called included: answers have it.',
  ],
] satisfies [string, Partial<Collection>, string][]) {
  test(`${what} is named`, () => {
    expect(declarationFaults({ ...films, ...more })).toEqual([`lib/collections/films.ts: ${said}`])
  })
}

test('a reference to a collection that is not there is named; to itself and to others it may lead', () => {
  const makers: Collection = { ...films, name: 'makers', prefix: 'maker:' }
  expect(collectionFaults([films, makers])).toEqual(
    ['films', 'makers'].map(
      (name) =>
        `lib/collections/${name}.ts: the field lead refers to people, and there is no such collection.`,
    ),
  )
})

test('so is a field that is made without z', () => {
  expect(declarationFaults(withFields("({ title: 'string' })"))).toEqual([
    `lib/collections/films.ts: the field title has no type. ${TYPES}`,
  ])
})

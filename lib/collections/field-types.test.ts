import { expect, test } from '@playwright/test'
import { allCollections } from '../items/registry.ts'
import type { Collection, Shape, Zod } from './define.ts'
import { declarationFaults } from './field-types.ts'

test('the collections of this project have no faults', () => {
  expect(allCollections().flatMap(declarationFaults)).toEqual([])
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

const TYPES = 'The types are z.boolean, z.default, z.enum, z.int, z.number, z.optional, z.string.'

for (const [what, source, said] of [
  ['a type', '{ year: z.int(), released: z.date() }', 'released has z.date'],
  ['one within another', '{ released: z.optional(z.date()) }', 'released has z.date'],
  ['one with checks', '{ at: z.timestamp().check(z.minLength(1)) }', 'at has z.timestamp'],
  ['a check', '{ code: z.string().check(z.minLength(1), z.uppercase()) }', 'code has z.uppercase'],
  ['one in a shape', '{ place: z.object({ x: z.int() }) }', 'place has z.object'],
] as const) {
  test(`${what} that does not exist is named with its field, its file and the types there are`, () => {
    expect(declarationFaults(withFields(`(${source})`))).toEqual([
      `lib/collections/films.ts: the field ${said}, which there is not. ${TYPES}`,
    ])
  })
}

test('so is a field that is made without z', () => {
  expect(declarationFaults(withFields("({ title: 'string' })"))).toEqual([
    `lib/collections/films.ts: the field title has no type. ${TYPES}`,
  ])
})

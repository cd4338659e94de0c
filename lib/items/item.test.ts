import { expect, test } from '@playwright/test'
import { defineCollection } from '../collections/define.ts'
import { readerOf } from './item.ts'

const things = defineCollection({
  prefix: 'thing:',
  name: 'things',
  access: { list: 'user', get: 'user', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => ({
    name: z.string(),
    rank: z.optional(z.int()),
    good: z.optional(z.boolean()),
    __proto__x: z.optional(z.string()),
  }),
})

test('text stays text, numbers and truth values take their types', () => {
  const { decode, names } = readerOf(things)
  expect(names).toEqual(['name', 'rank', 'good', '__proto__x'])
  expect(decode('1', ['12345', '7', 'true', 'null'])).toEqual({
    item: { id: '1', name: '12345', rank: 7, good: true, __proto__x: 'null' },
    faulty: [],
  })
  expect(decode('2', ['', undefined, undefined, undefined]).item).toEqual({ id: '2', name: '' })
})

test('an optional field that does not fit is left out and named', () => {
  const { decode } = readerOf(things)
  for (const rank of ['', ' 7', '0x10', '07', '7.5', '9007199254740993', 'NaN', '1e999']) {
    expect(decode('1', ['a', rank]), rank).toEqual({
      item: { id: '1', name: 'a' },
      faulty: ['rank'],
    })
  }
})

test('without a required field, or without any, there is no item', () => {
  const { decode } = readerOf(things)
  expect(decode('1', [undefined, '7'])).toEqual({ item: undefined, faulty: ['name'] })
  expect(decode('1', [undefined, undefined, undefined, undefined]).item).toBeUndefined()
})

test('a field shows its default where nothing is stored, and none where what is stored does not fit', () => {
  const stars = defineCollection({
    name: 'stars',
    prefix: 'star:',
    access: { list: 'user', get: 'user', create: 'user', update: 'user', delete: 'user' },
    fields: (z) => ({
      name: z.string(),
      hub: z.default(z.boolean(), false),
      size: z.default(z.int(), 3),
      colour: z.default(z.string(), 'white'),
    }),
  })
  const { decode, shown, names } = readerOf(stars)
  const showing = (stored: (string | undefined)[]) => names.map((_, at) => shown(at, stored[at]))
  for (const stored of [
    ['a', undefined, undefined, undefined],
    ['a', 'true', '4', 'red'],
    ['a', 'maybe', 'many', ''],
  ]) {
    const { item } = decode('1', stored)
    const values = names.map((name) => item?.[name])
    expect(showing(stored)).toEqual(values.map((value) => value?.toString()))
  }
  // @ts-expect-error a default is a value: a function could give each instance another
  defineCollection({ ...stars, fields: (z) => ({ at: z.default(z.string(), () => 'now') }) })
})

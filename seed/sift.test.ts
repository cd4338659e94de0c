import { expect, test } from '@playwright/test'
import { defineCollection } from '../lib/collections/define.ts'
import { type ColumnOptions, findColumns, PLAIN_COLUMNS } from './columns.ts'
import type { Row } from './rows.ts'
import { Sieve } from './sift.ts'

const access = {
  list: 'user',
  get: 'user',
  create: 'editor',
  update: 'editor',
  delete: 'editor',
} as const
const towns = defineCollection({
  name: 'towns',
  prefix: 'town:',
  access,
  fields: (z) => ({
    name: z.optional(z.string()),
    size: z.optional(z.int()),
    height: z.optional(z.number()),
    isPort: z.optional(z.boolean()),
  }),
})

/** The id and the stored texts of each row, or why it is none. */
function sifted(rows: readonly Row[], options: Partial<ColumnOptions>): unknown[] {
  const there = new Set(rows.flatMap((row) => Object.keys(row)))
  const sieve = new Sieve(towns, findColumns(towns, there, { ...PLAIN_COLUMNS, ...options }))
  return rows.map((row, index) => {
    const outcome = sieve.sift({ row }, index + 1)
    return 'reason' in outcome ? outcome.reason : [outcome.id, ...outcome.stored]
  })
}

test('ids are made of a text, with a number where two are alike, also when one of them is a reject', () => {
  const rows = [
    { name: 'São  Paulo (SP)' },
    { name: 'Łódź' },
    { name: 'são paulo, sp', size: 'many' },
    { name: 'Sao Paulo SP' },
    { name: 'sao-paulo-sp-2' },
    { name: '東京' },
    { name: '—' },
    { name: null, size: 1 },
  ]
  const ids = sifted(rows, { idFrom: 'name' }).map((each) => (Array.isArray(each) ? each[0] : each))
  expect(ids).toEqual([
    'sao-paulo-sp',
    'łodz',
    'size: does not fit: is not of type number',
    'sao-paulo-sp-3',
    'sao-paulo-sp-2-2',
    '東京',
    '000007',
    '000008',
  ])
})

test('the number of a row is its id, in the order of the rows; a column id is a field then', () => {
  const rows = [{ id: 'x', size: 1 }, { id: 'x' }, { id: 'y', size: 3 }]
  const map = new Map([['id', 'name']])
  expect(sifted(rows, { isNumbered: true, map })).toEqual([
    ['000001', 'x', '1', undefined, undefined],
    ['000002', 'x', undefined, undefined, undefined],
    ['000003', 'y', '3', undefined, undefined],
  ])
})

test('words that stand for no value do so in their column alone', () => {
  const rows = [{ id: 'a', name: 'NA', size: 'NA' }]
  const empty = new Map([['size', new Set(['NA', '-'])]])
  expect(sifted(rows, { empty })).toEqual([['a', 'NA', undefined, undefined, undefined]])
  expect(() => sifted(rows, { empty: new Map([['age', new Set(['NA'])]]) })).toThrow(
    'has no column age. Its columns: id, name, size',
  )
})

test('numbers and truth values of another spelling are stored in that of JSON, digit by digit', () => {
  const heights = ['.078', '+5', '7.', '1.50', '-.5', '1e3', '-0']
  const rows = heights.map((height, index) => ({ id: String(index), height, isPort: 'TRUE' }))
  expect(sifted(rows, {}).map((each) => Array.from(Object(each)).slice(3))).toEqual(
    ['0.078', '5', '7', '1.50', '-0.5', '1e3', '-0'].map((height) => [height, 'true']),
  )
  for (const height of ['007', '1,000', '.', '+', '1 2', '0x10']) {
    expect(sifted([{ id: 'a', height }], {})).toEqual([
      'height: does not fit: is not of type number',
    ])
  }
})

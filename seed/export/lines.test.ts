import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { defineCollection } from '../../lib/collections/define.ts'
import { readerOf } from '../../lib/items/item.ts'
import type { StoredFields } from '../../lib/store/stored-fields.ts'
import { findColumns, PLAIN_COLUMNS } from '../columns.ts'
import { csvRows } from '../csv.ts'
import { ndjsonRows } from '../json.ts'
import type { Found } from '../rows.ts'
import { Sieve } from '../sift.ts'
import { Lines } from './lines.ts'
import type { Format } from './words.ts'

const access = {
  list: 'user',
  get: 'user',
  create: 'editor',
  update: 'editor',
  delete: 'editor',
} as const
const things = defineCollection({
  name: 'things',
  prefix: 'thing:',
  access,
  fields: (z) => ({
    text: z.optional(z.string()),
    note: z.nullable(z.string()),
    count: z.optional(z.int()),
    size: z.optional(z.number()),
    open: z.optional(z.boolean()),
    day: z.optional(z.date()),
    at: z.optional(z.datetime()),
    price: z.optional(z.decimal(2)),
    kind: z.optional(z.enum(['a,b', 'c "d"'])),
    tags: z.optional(z.array(z.string())),
    place: z.optional(z.object({ x: z.number(), 'y z': z.nullable(z.string()) })),
    more: z.optional(z.json()),
  }),
})

const text = fc.oneof(
  fc.constantFrom(',', ';', '\t', '|', '"', '\n', '\r', '\r\n', ' x ', 'null', '1', '\ufeff', '=1'),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const number = fc.oneof(
  fc.constantFrom('0.0', '1.50', '-0', '1e+21', '9007199254740992'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
)
/** What the store may have of each field, in their order. */
const stored: fc.Arbitrary<StoredFields> = fc
  .tuple(
    text,
    text,
    fc.integer().map(String),
    number,
    fc.constantFrom('true', 'false'),
    fc.constantFrom('2024-02-29', '0001-01-01'),
    fc.constantFrom('2024-02-29T12:00:00.000Z'),
    fc.constantFrom('1.5', '-12.50', '0', '123456789012345678901234567890.99'),
    fc.constantFrom('a,b', 'c "d"'),
    fc.array(text).map((list) => JSON.stringify(list)),
    fc.record({ x: fc.integer(), 'y z': fc.option(text) }).map((value) => JSON.stringify(value)),
    fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
  )
  .chain((values) =>
    fc.tuple(...values.map((value) => fc.option(fc.constant(value), { freq: 3, nil: undefined }))),
  )
const id = fc
  .oneof(fc.constantFrom('a b', 'x,y', '"', '000001'), fc.uuid(), fc.webSegment())
  .filter((each) => each.trim() !== '' && !/^\.{0,2}$/.test(each))

/** What the importer would store of lines. */
function read(found: Iterable<Found>): unknown[] {
  const all = [...found]
  const there = new Set(all.flatMap((each) => ('row' in each ? Object.keys(each.row) : [])))
  const sieve = new Sieve(things, findColumns(things, there, PLAIN_COLUMNS))
  return all.map((each, index) => {
    const entry = sieve.sift(each, index + 1)
    return 'reason' in entry ? entry.reason : [entry.id, ...entry.stored]
  })
}

const READERS = { ndjson: ndjsonRows, csv: csvRows }

for (const format of ['ndjson', 'csv'] as const satisfies readonly Format[]) {
  test(`what is written as ${format} is loaded back equal, whatever it is`, () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(id, stored), { selector: ([each]) => each }), (items) => {
        const lines = new Lines(things, format)
        // An item without a field is none, and in CSV a text without a character is none.
        const there = items
          .map(([each, values]): [string, StoredFields] => [
            each,
            values.map((value) => (format === 'csv' && value === '' ? undefined : value)),
          ])
          .filter(([, values]) => values.some((value) => value !== undefined))
        fc.pre(there.length > 0)
        const file = lines.header() + there.map(([each, values]) => lines.of(each, values)).join('')
        expect(read(READERS[format](file))).toEqual(
          there.map(([each, values]) => [each, ...values]),
        )
        expect(lines.unfit).toBe(0)
      }),
    )
  })
}

test('what does not fit is written as it is, and counted; so are texts that CSV has not', () => {
  const { names } = readerOf(things)
  const odd = names.map((name) => ({ text: '', count: 'many', tags: 'x', more: '{' })[name])
  const ndjson = new Lines(things, 'ndjson')
  expect(JSON.parse(ndjson.of('a', odd))).toEqual({
    id: 'a',
    text: '',
    note: null,
    count: 'many',
    tags: 'x',
    more: '{',
  })
  expect([ndjson.unfit, ndjson.empties]).toEqual([3, 0])
  const csv = new Lines(things, 'csv')
  expect(csv.of('a', odd)).toBe('a,,,many,,,,,,,x,,{\r\n')
  expect([csv.unfit, csv.empties]).toEqual([3, 1])
})

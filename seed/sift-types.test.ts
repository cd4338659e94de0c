import { expect, test } from '@playwright/test'
import { type Collection, defineCollection } from '../lib/collections/define.ts'
import { findColumns, PLAIN_COLUMNS } from './columns.ts'
import { csvRows } from './csv.ts'
import { ndjsonRows } from './json.ts'
import type { Entry, Found, Reject } from './rows.ts'
import { Sieve } from './sift.ts'

const tracks: Collection = defineCollection({
  name: 'tracks',
  prefix: 'track:',
  access: { list: 'user', get: 'user', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => ({
    day: z.optional(z.date()),
    at: z.optional(z.datetime()),
    price: z.optional(z.decimal(2)),
    tags: z.optional(z.array(z.string())),
    counts: z.optional(z.array(z.number())),
    place: z.optional(z.object({ x: z.number() })),
    more: z.optional(z.json()),
    note: z.nullable(z.string()),
    code: z.optional(z.string()),
    rank: z.optional(z.number()),
  }),
  unique: ['code', 'rank'],
})

interface Sifted {
  entries: Entry[]
  rejects: Reject[]
}

function sifted(found: Iterable<Found>): Sifted {
  const all = [...found]
  const there = new Set(all.flatMap((each) => ('row' in each ? Object.keys(each.row) : [])))
  const sieve = new Sieve(tracks, findColumns(tracks, there, PLAIN_COLUMNS))
  const outcomes = all.map((each, index) => sieve.sift(each, index + 1))
  return {
    entries: outcomes.flatMap((each) => ('reason' in each ? [] : [each])),
    rejects: outcomes.flatMap((each) => ('reason' in each ? [each] : [])),
  }
}
/** What is stored of each record. */
const stored = ({ entries, rejects }: Sifted): unknown[] => {
  expect(rejects).toEqual([])
  return entries.map((entry) => entry.stored.filter((text) => text !== undefined))
}
const faults = (lines: readonly string[]): string[] =>
  sifted(ndjsonRows(lines.join('\n'))).rejects.map(({ reason }) => reason)

test('values of every type are kept from JSON, and from cells that hold JSON', () => {
  const lines = [
    '{"id":"a","day":"2026-01-31","at":"2026-01-31T14:00:00+02:00","price":12.50,"note":null}',
    '{"id":"c","tags":["a","b"],"counts":[1,2.50,1e3],"place":{"x":1},"more":"text","note":"n"}',
  ]
  expect(stored(sifted(ndjsonRows(lines.join('\n'))))).toEqual([
    ['2026-01-31', '2026-01-31T12:00:00.000Z', '12.50'],
    ['["a","b"]', '[1,2.5,1000]', '{"x":1}', '"text"', 'n'],
  ])
  const csv = 'id,price,tags,place,more,note\na,0.5,"[""a""]","{""x"": 1}",[null],\n'
  expect(stored(sifted(csvRows(csv)))).toEqual([['0.5', '["a"]', '{"x":1}', '[null]']])
})

test('what does not fit is a reject, with the place in it', () => {
  expect(
    faults([
      '{"id":"a","day":"2026-02-30","note":null}',
      '{"id":"b","at":"2026-01-31T12:00:00","note":null}',
      '{"id":"c","price":1.005,"note":null}',
      '{"id":"d","tags":["a",7],"note":null}',
      '{"id":"e","tags":"[\\"a\\"]","note":null}',
      '{"id":"f","place":{"x":1,"y":2},"note":null}',
      '{"id":"g","counts":[9007199254740993],"note":null}',
      '{"id":"h","more":{"a":1,"a":2},"note":null}',
    ]),
  ).toEqual([
    'day: does not fit: is not a date that exists, as 2026-01-31',
    'at: does not fit: is not a time with its zone, as 2026-01-31T12:00:00Z or …T14:00:00+02:00',
    'price: does not fit: is not a text of digits with 2 behind the point at most, as "12.50"',
    'tags: does not fit: /1 is not of type string',
    'tags: does not fit: is not of type array',
    'place: does not fit: /y is not allowed here; allowed: x',
    'counts: does not fit: cannot be kept exactly as a number',
    'a: occurs twice in one object',
  ])
  expect(sifted(csvRows('id,tags\na,jazz\n')).rejects).toMatchObject([
    { reason: 'tags: does not fit: is not JSON', line: 2 },
  ])
})

test('of two records with one unique value the second is a reject that names the first', () => {
  const found = sifted(csvRows('id,code,rank\na,x,1\nb,y,2\n\nc,x,3\nd,z,2.0\na,w,9\ne,,\nf,,\n'))
  expect(found.entries.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(found.rejects).toMatchObject([
    { line: 5, reason: 'code: is unique, and a row before has it', detail: 'line 2 has it first' },
    { line: 6, reason: 'rank: is unique, and a row before has it', detail: 'line 3 has it first' },
    { line: 7, reason: 'id: occurs before' },
    { line: 8, reason: 'no field has a value' },
    { line: 9, reason: 'no field has a value' },
  ])
})

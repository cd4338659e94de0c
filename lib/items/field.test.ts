import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { type Collection, defineCollection } from '../collections/define.ts'
import { datetimeOf } from '../collections/texts.ts'
import { accept, MOST_JSON_BYTES, parseStored, storedText } from './field.ts'
import { readerOf } from './item.ts'
import { compareBytes, memberOf, membersOf, ordersOf, sortableDecimal } from './order.ts'
import { parseFields, storedOf } from './write-input.ts'

const tracks: Collection = defineCollection({
  name: 'tracks',
  prefix: 'track:',
  access: { list: 'user', get: 'user', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => ({
    day: z.optional(z.date()),
    at: z.optional(z.datetime()),
    price: z.optional(z.decimal(2)),
    site: z.optional(z.url()),
    mail: z.optional(z.email()),
    album: z.optional(z.reference('albums')),
    tags: z.optional(z.array(z.string().check(z.minLength(1)))),
    scores: z.default(z.array(z.int()), [1]),
    guests: z.optional(z.array(z.reference('artists'))),
    place: z.optional(z.object({ x: z.number(), note: z.optional(z.string()) })),
    more: z.optional(z.json()),
    note: z.nullable(z.string()),
    rank: z.optional(z.nullable(z.int())),
    kind: z.optional(z.enum(['Live', 'studio'])),
  }),
  filter: ['day', 'price', 'tags', 'scores', 'place', 'kind', 'note'],
})
const { fields, names } = readerOf(tracks)
const fieldOf = (name: string) => {
  const field = fields[names.indexOf(name)]
  if (field === undefined) throw new TypeError(name)
  return field
}

/** What becomes of a value: the stored text, or where it is wrong. */
function kept(name: string, value: unknown): string | undefined | { wrong: string[] } {
  const parsed = accept(fieldOf(name), value)
  if (!parsed.ok) return { wrong: (parsed.errors ?? []).map(({ pointer }) => pointer) }
  return storedText(fieldOf(name), parsed.value)
}

const WRONG = { wrong: ['#'] }

test('a value is kept as the text that says it, in one form', () => {
  for (const [name, value, text] of [
    ['day', '2024-02-29', '2024-02-29'],
    ['at', '2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['at', '2026-01-31t12:00:00.5z', '2026-01-31T12:00:00.500Z'],
    ['at', '2026-01-31T12:00:00.123456+02:00', '2026-01-31T10:00:00.123Z'],
    ['at', '2026-01-01T00:30:00-00:45', '2026-01-01T01:15:00.000Z'],
    ['price', '12.50', '12.50'],
    ['price', '-0.5', '-0.5'],
    ['site', 'https://example.com/a?b=c', 'https://example.com/a?b=c'],
    ['mail', "o'Neil+x@sub.example.org", "o'Neil+x@sub.example.org"],
    ['album', 'Blue', 'Blue'],
    ['tags', ['a', 'b'], '["a","b"]'],
    ['tags', [], '[]'],
    ['place', { x: 1, note: 'here' }, '{"x":1,"note":"here"}'],
    ['more', { deep: [1, null, { a: 'b' }] }, '{"deep":[1,null,{"a":"b"}]}'],
    ['more', 'text', '"text"'],
    ['more', null, 'null'],
    ['note', null, undefined],
    ['note', 'null', 'null'],
    ['rank', null, undefined],
  ] as const) {
    expect(kept(name, value), `${name} ${JSON.stringify(value)}`).toBe(text)
  }
})

test('what cannot be is refused, with the place where it is', () => {
  for (const [name, value, wrong] of [
    ['day', '2026-02-29', ['#']],
    ['day', '2026-13-01', ['#']],
    ['day', '26-01-01', ['#']],
    ['day', '2026-01-01T00:00:00Z', ['#']],
    ['at', '2026-01-31T12:00:00', ['#']],
    ['at', '2026-01-31 12:00:00Z', ['#']],
    ['at', '2026-02-30T12:00:00Z', ['#']],
    ['at', '2026-01-31T24:00:00Z', ['#']],
    ['at', '2016-12-31T23:59:60Z', ['#']],
    ['at', '0000-01-01T00:00:00+00:01', ['#']],
    ['at', '9999-12-31T23:59:59-00:01', ['#']],
    ['at', 1_795_701_690_000, ['#']],
    ['price', '12.505', ['#']],
    ['price', '012', ['#']],
    ['price', '.5', ['#']],
    ['price', 12.5, ['#']],
    ['site', 'javascript:alert(1)', ['#']],
    ['site', 'example.com', ['#']],
    ['site', 'https://a b', ['#']],
    ['mail', 'nobody', ['#']],
    ['mail', 'a@localhost', ['#']],
    ['album', '', ['#']],
    ['tags', 'a', ['#']],
    ['tags', ['a', 1, ''], ['#/1', '#/2']],
    ['tags', ['a', '\ud800'], ['#/1']],
    ['place', { x: 1, y: 2 }, ['#/y']],
    ['place', { note: 'no x' }, ['#/x']],
    ['more', undefined, undefined],
    ['more', { a: ['\ud800'] }, ['#/a/0']],
    ['more', JSON.parse('['.repeat(40) + ']'.repeat(40)), [`#${'/0'.repeat(32)}`]],
    ['note', undefined, ['#']],
    ['kind', 'live', ['#']],
  ] as const) {
    expect(kept(name, value), `${name} ${JSON.stringify(value)}`).toEqual(wrong && { wrong })
  }
})

test('16 KiB of JSON are kept, in bytes, and a byte more is not', () => {
  const inQuotes = MOST_JSON_BYTES - '[""]'.length
  expect(kept('tags', ['x'.repeat(inQuotes)])).toHaveLength(MOST_JSON_BYTES)
  expect(kept('tags', ['x'.repeat(inQuotes + 1)])).toEqual(WRONG)
  expect(kept('tags', ['é'.repeat(inQuotes / 2)])).toHaveLength(MOST_JSON_BYTES - inQuotes / 2)
  expect(kept('tags', ['é'.repeat(inQuotes / 2 + 1)])).toEqual(WRONG)
  expect(kept('more', 'x'.repeat(MOST_JSON_BYTES - 1))).toEqual(WRONG)
  const answer = parseFields(tracks, { tags: ['x'.repeat(inQuotes + 1)], note: 'a' }, {})
  expect(answer).toMatchObject({ errors: [{ pointer: '#/tags', message: /16384 bytes/ }] })
})

test('a list that lists are filtered by has a thousand entries at most', () => {
  expect(typeof kept('scores', Array(1_000).fill(1))).toBe('string')
  expect(kept('scores', Array(1_001).fill(1))).toEqual(WRONG)
  expect(typeof kept('guests', Array(1_001).fill('a'))).toBe('string')
})

test('a field reads what was written; what was typed by hand and does not fit is left out', () => {
  const { decode } = readerOf(tracks)
  const typed = (given: Record<string, string>) =>
    decode(
      '1',
      names.map((name) => given[name]),
    )
  expect(typed({ at: '2026-01-31T14:00:00+02:00', tags: ' ["a"] ' })).toEqual({
    item: {
      id: '1',
      at: '2026-01-31T12:00:00.000Z',
      tags: ['a'],
      scores: [1],
      note: null,
      rank: null,
    },
    faulty: [],
  })
  const odd = {
    ...{ day: '2026-02-30', at: '2026-01-31', price: '1,5', site: 'ftp://x', mail: 'x' },
    ...{
      tags: '["a", 1]',
      scores: 'no JSON',
      place: '{"x":1,"y":2}',
      more: '{',
      rank: 'no number',
    },
    guests: `["${'x'.repeat(MOST_JSON_BYTES)}"]`,
  }
  expect(typed(odd)).toEqual({
    item: { id: '1', note: null, rank: null },
    faulty: expect.arrayContaining(Object.keys(odd)),
  })
  expect(typed({ more: '['.repeat(9_000) + ']'.repeat(9_000) }).faulty).toEqual(['more'])
  expect(parseStored(fieldOf('more'), 'null')).toEqual({ fits: true, value: null })
})

test('null makes no item of a hash without fields', () => {
  const notes: Collection = {
    ...tracks,
    fields: (z) => ({ note: z.nullable(z.string()), more: z.optional(z.json()) }),
    filter: [],
  }
  expect(parseFields(notes, { note: null }, {})).toMatchObject({ code: 'validation-error' })
  expect(parseFields(notes, { note: null, more: null }, {})).toMatchObject({ ok: true })
  const parsed = parseFields(tracks, { note: null, tags: [] }, {})
  expect(parsed).toMatchObject({ ok: true })
  expect(parsed.ok && storedOf(tracks, parsed.value)[names.indexOf('tags')]).toBe('[]')
})

test('times in any zone, and decimals with any zeros, sort as what they mean', () => {
  const time = fc.tuple(
    fc.date({ min: new Date('1000-01-01'), max: new Date('9000-01-01'), noInvalidDate: true }),
    fc.integer({ min: -14 * 60, max: 14 * 60 }),
  )
  const written = ([date, offset]: [Date, number]): string => {
    const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
    const zone = [hours, minutes].map((each) => String(each).padStart(2, '0')).join(':')
    const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1)
    return `${local}${offset < 0 ? '-' : '+'}${zone}`
  }
  fc.assert(
    fc.property(time, time, (a, b) => {
      const [x, y] = [datetimeOf(written(a)) ?? '', datetimeOf(written(b)) ?? '']
      expect(x).toBe(a[0].toISOString())
      expect(Math.sign(compareBytes(x, y))).toBe(Math.sign(a[0].getTime() - b[0].getTime()))
    }),
  )
  const decimal = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.bigInt({ min: 0n, max: 10n ** 12n }),
      fc.stringMatching(/^\d{0,4}$/),
    )
    .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`)
  const tenThousandths = (text: string): bigint => {
    const [whole = '', fraction = ''] = text.replace('-', '').split('.')
    const value = BigInt(whole + fraction.padEnd(4, '0'))
    return text.startsWith('-') ? -value : value
  }
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const [x, y] = [tenThousandths(a), tenThousandths(b)]
      const order = compareBytes(sortableDecimal(a), sortableDecimal(b))
      expect(Math.sign(order), `${a} ${b}`).toBe(x < y ? -1 : x > y ? 1 : 0)
    }),
    { numRuns: 500 },
  )
})

test('an item has a member for each entry of a list, and one where there is none', () => {
  const order = ordersOf(tracks).find(({ name }) => name === 'tags')
  if (order === undefined) throw new TypeError('no index of tags')
  const members = (tags: string | undefined): string[] =>
    membersOf(
      tracks,
      order,
      '1',
      names.map((name) => (name === 'tags' ? tags : undefined)),
    )
  expect(members('["b","a","b"]')).toEqual(['tb\u00001\u00001', 'ta\u00001\u00001'])
  expect(members('[]')).toEqual(['y\u00001\u00001'])
  expect(members(undefined)).toEqual(['z\u00001\u00001'])
  expect(memberOf(tracks, order, '1', [])).toBe('z\u00001\u00001')
  expect(ordersOf(tracks).map(({ name }) => name)).toEqual([
    ...['day', 'price', 'tags', 'scores', 'place', 'kind', 'note'],
    ...['album', 'guests', 'tags[ci]', 'note[ci]'],
  ])
})

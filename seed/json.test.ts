import assert from 'node:assert/strict'
import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { jsonRows, ndjsonRows } from './json.ts'
import type { Found } from './rows.ts'
import { Numeral } from './values.ts'

/** The rows, with numbers that are kept as text turned into what JSON.parse makes of them. */
function rowsOf(found: Iterable<Found>): unknown[] {
  return [...found].map((each) => ('fault' in each ? each.fault : withNumbers(each.row)))
}

function withNumbers(value: unknown): unknown {
  if (value instanceof Numeral) return Number(value.source)
  if (Array.isArray(value)) return value.map(withNumbers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withNumbers(member)]),
  )
}

/** A text as a file is read: so many characters at a time. */
function piecesOf(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
    text.slice(at * length, (at + 1) * length),
  )
}

/** What is read of a text, or why it is not. */
function outcomeOf(read: () => Iterable<Found>): unknown {
  try {
    return [...read()]
  } catch (error) {
    return String(error)
  }
}

const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }))

test('a list of objects is read as JSON.parse reads it, however it is laid out', () => {
  fc.assert(
    fc.property(
      fc.array(object),
      fc.constantFrom(0, 1, '\t'),
      fc.integer({ min: 1, max: 9 }),
      (rows, space, length) => {
        const text = ` \r\n${JSON.stringify(rows, null, space)}\n`
        // An `expect` takes longer than what it looks at.
        assert.deepEqual(rowsOf(jsonRows(text)), JSON.parse(text))
        const pieces = piecesOf(text, length)
        assert.deepEqual([...jsonRows(pieces)], [...jsonRows(text)])
      },
    ),
  )
})

test('so are objects on lines', () => {
  fc.assert(
    fc.property(fc.array(object), fc.constantFrom('\n', '\r\n', '\n\n'), (rows, lineEnd) => {
      const text = rows.map((row) => JSON.stringify(row)).join(lineEnd)
      const parsed = rows.map((row) => JSON.parse(JSON.stringify(row)))
      assert.deepEqual(rowsOf(ndjsonRows(text)), parsed)
      assert.deepEqual([...ndjsonRows(piecesOf(text, 3))], [...ndjsonRows(text)])
    }),
  )
})

test('what JSON.parse refuses is refused', () => {
  const piece = fc.constantFrom(
    ...'[]{}:,"\\ \n1-.e0tfn'.split(''),
    'null',
    'true',
    '"a"',
    '{"a":1}',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = `[${pieces.join('')}`
      const accepts = (read: () => unknown): boolean => {
        try {
          read()
          return true
        } catch {
          return false
        }
      }
      const isJson = accepts(() => JSON.parse(text))
      assert.equal(
        accepts(() => [...jsonRows(text)]),
        isJson,
        text,
      )
      const inPieces = outcomeOf(() => jsonRows(piecesOf(text, 1)))
      assert.deepEqual(
        inPieces,
        outcomeOf(() => jsonRows(text)),
      )
    }),
    { numRuns: 1_000 },
  )
})

test('behind an empty list nothing else stands, wherever the text is cut', () => {
  for (const length of [1, 2, 3, 4, 9]) {
    expect([...jsonRows(piecesOf('[\n ] \n', length))]).toEqual([])
    expect(() => [...jsonRows(piecesOf('[\n ][', length))]).toThrow(
      'is not JSON: line 2, column 3: "[" where its end is expected',
    )
  }
})

test('every record has its line, and a fault the place where it is', () => {
  const text = '[\n  {"a": 1},\n\n  {"a":\n   2}, {"a": 3},\n  7\n]'
  expect([...jsonRows(text)].map(({ line }) => line)).toEqual([2, 4, 5, 6])
  expect(() => [...jsonRows('[{"a":1},\n {"a":b}]')]).toThrow(
    'is not JSON: line 2, column 7: "b" where a value is expected',
  )
  expect(() => [...jsonRows('[{"a":1},\n {"a":')]).toThrow('it ends where a value is missing')
  expect(() => [...jsonRows('{"a":1}\n{"a":2}')]).toThrow('name it .ndjson')
})

test('of objects on lines a broken one is a fault of its own', () => {
  const text = '{"a":1}\n{"a":\n\n[]\n{"a":1}{"a":2}\n{"a":1,"a":2}\n{"a":3}\n'
  expect(
    [...ndjsonRows(text)].map((each) => [each.line, 'fault' in each ? each.fault : '']),
  ).toEqual([
    [1, ''],
    [2, 'is not JSON: it ends where a value is missing'],
    [4, 'is not an object'],
    [5, 'is not JSON: "{" where its end is expected'],
    [6, 'a: occurs twice in one object'],
    [7, ''],
  ])
})

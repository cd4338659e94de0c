import { expect, test } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { csvRows } from './csv.ts'

/** A text as a file is read: so many characters at a time. */
function piecesOf(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
    text.slice(at * length, (at + 1) * length),
  )
}

test('what follows the rules is read as another reader reads it, whatever the delimiter and line ends', () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', 'é', ' ', ',', ';', '\t', '|', '"', '\n', '\r\n'),
  })
  const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 })
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
  fc.assert(
    fc.property(
      table,
      fc.constantFrom(',', ';', '\t', '|'),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.integer({ min: 1, max: 20 }),
      (rows, delimiter, lineEnd, length) => {
        const lines = [['id', 'director', 'year'], ...rows].map((cells) =>
          cells.map((text) => (/^[aé]*$/.test(text) ? text : quoted(text))).join(delimiter),
        )
        const text = lines.join(lineEnd)
        // Lines that hold no value are told apart elsewhere.
        fc.pre(rows.every((cells) => cells.some((value) => value.trim() !== '')))
        const expected = parse(text, { columns: true, delimiter, record_delimiter: lineEnd })
        const found = [...csvRows(text)].map((each) => ('row' in each ? each.row : each))
        const orNull = (row: object): object =>
          Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value || null]))
        expect(found).toEqual(expected.map((row) => orNull(Object(row))))
        expect([...csvRows(piecesOf(text, length))]).toEqual([...csvRows(text)])
      },
    ),
  )
})

/** What is found of a file: the line and the first value of each record, or what is wrong with it. */
function linesOf(text: string): [number | undefined, string | null][] {
  return [...csvRows(text)].map((each) => [
    each.line,
    'fault' in each ? each.fault : String(Object.values(each.row)[0]),
  ])
}

test('a broken record is a fault with its line, and those behind it are read', () => {
  const broken = [
    'id,year',
    'a,1',
    'b,"one ""two""',
    'three"',
    'short',
    '',
    ' \t ',
    'c,say "hi"',
    'd,"x" y',
    'e,3,4',
    'f,"never closed',
    'g,5',
  ]
  const quote = expect.stringContaining('has a quote within a value')
  for (const lineEnd of ['\n', '\r\n', '\r']) {
    expect(linesOf(broken.join(lineEnd))).toEqual([
      [2, 'a'],
      [3, 'b'],
      [5, 'has 1 values where the header has 2'],
      [7, 'is a line of blanks'],
      [8, quote],
      [9, quote],
      [10, 'has 3 values where the header has 2'],
      [11, 'has a quote that is never closed'],
      [12, 'g'],
    ])
    // However much is read at a time, a quote may be closed further on.
    const text = broken.join(lineEnd)
    for (let length = 1; length < 20; length++) {
      expect([...csvRows(piecesOf(text, length))]).toEqual([...csvRows(text)])
    }
  }
})

test('line ends of both kinds in one file do not join records', () => {
  expect(linesOf('id,year\r\na,1\nb,2\r\nc,3\rd,4')).toEqual([
    [2, 'a'],
    [3, 'b'],
    [4, 'c'],
    [5, 'd'],
  ])
})

test('a header with one name twice is refused, and columns without a name have their number', () => {
  expect(() => [...csvRows('id,year, year ,year\na,1,2,3')]).toThrow(
    'has two columns of one name: year (columns 2 and 3 and 4)',
  )
  expect([...csvRows('id,,year,\na,b,c,d')]).toEqual([
    { line: 2, row: { id: 'a', '(column 2)': 'b', year: 'c', '(column 4)': 'd' }, isOfTexts: true },
  ])
})

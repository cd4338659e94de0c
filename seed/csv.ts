import { FileFault, type Found } from './rows.ts'
import { named } from './values.ts'
import { type Pieces, TextWindow } from './window.ts'

const DELIMITERS = [',', ';', '\t', '|']

/**
 * Reads the records of a CSV file (RFC 4180) by the names of its header. The delimiter is the one of
 * `, ; tab |` that the header has most of. An empty cell is no value, and an empty line no record.
 *
 * A record that breaks the rules is a fault of its own, with its line, and the next line begins a
 * new one: a stray quote must not swallow the good records behind it.
 *
 * @throws FileFault when the header cannot be used.
 */
export function* csvRows(pieces: Pieces): Generator<Found> {
  const records = csvRecords(new TextWindow(pieces))
  const header = records.next().value
  if (header === undefined) throw new FileFault('is empty')
  if (header.cells === undefined) throw new FileFault(`has a header that ${header.fault}`)
  const columns = columnsOf(header.cells)
  for (const { line, source, cells, fault } of records) {
    const wrong = source.trim() === '' ? 'is a line of blanks' : (fault ?? misfit(cells, columns))
    yield wrong === undefined
      ? {
          line,
          row: Object.fromEntries(columns.map((name, at) => [name, cells?.[at] || null])),
          isOfTexts: true,
        }
      : { line, fault: wrong, source: JSON.stringify(source) }
  }
}

function misfit(cells: readonly string[] = [], columns: readonly string[]): string | undefined {
  const [has, wanted] = [cells.length, columns.length]
  return has === wanted ? undefined : `has ${has} values where the header has ${wanted}`
}

function columnsOf(header: readonly string[]): string[] {
  const names = header.map((name, at) => name.trim() || `(column ${at + 1})`)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice === undefined) return names
  const places = names.flatMap((name, at) => (name === twice ? [at + 1] : [])).join(' and ')
  throw new FileFault(
    `has two columns of one name: ${named(twice)} (columns ${places}). Which one is meant cannot be known: rename one`,
  )
}

type CsvRecord = { line: number; source: string } & (
  | { cells: string[]; fault?: undefined }
  | { cells?: undefined; fault: string }
)

function* csvRecords(window: TextWindow): Generator<CsvRecord, undefined> {
  const delimiter = delimiterOf(window)
  const plain = new RegExp(`[^"\\r\\n${delimiter}]*`, 'y')
  const lineEnd = /\r\n|\n|\r/g
  let line = 1
  let start = 0
  for (;;) {
    const { text } = window
    const { end, isOpen, ...found } = readRecord(text, start, delimiter, plain)
    lineEnd.lastIndex = end
    const ending = lineEnd.exec(text)
    const next = ending === null ? text.length : ending.index + ending[0].length
    // A record that reaches the end of what was read may go on, and a line end may be the first half of one.
    if (!window.ended && (next === text.length || isOpen === true)) {
      window.more(start)
      start = 0
      continue
    }
    if (start === text.length) return
    const source = text.slice(start, ending?.index ?? text.length)
    if (source !== '') yield { line, source, ...found }
    line += 1 + (source.match(lineEnd)?.length ?? 0)
    start = next
  }
}

type Cells = { end: number; isOpen?: boolean } & ({ cells: string[] } | { fault: string })

/** Reads one record; one with a fault ends with its first line. `isOpen`: a quote may be closed further on. */
function readRecord(text: string, start: number, delimiter: string, plain: RegExp): Cells {
  const cells: string[] = []
  for (let at = start; ; at++) {
    if (text[at] === '"') {
      let quote = text.indexOf('"', at + 1)
      while (quote !== -1 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2)
      if (quote === -1)
        return { end: start, isOpen: true, fault: 'has a quote that is never closed' }
      cells.push(text.slice(at + 1, quote).replaceAll('""', '"'))
      at = quote + 1
    } else {
      plain.lastIndex = at
      const [cell = ''] = plain.exec(text) ?? []
      cells.push(cell)
      at += cell.length
    }
    const next = text[at]
    if (next === undefined || next === '\n' || next === '\r') return { end: at, cells }
    if (next !== delimiter) return { end: start, fault: STRAY_QUOTE }
  }
}

const STRAY_QUOTE =
  'has a quote within a value: put the whole value in quotes, and double those in it'

/** The delimiter that the first line has most of, outside of quotes. */
function delimiterOf(window: TextWindow): string {
  let [header, behind] = headerOf(window.text)
  while (!window.ended && (behind === undefined || behind === '"')) {
    window.more(0)
    ;[header, behind] = headerOf(window.text)
  }
  const plain = header.replace(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => plain.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

/** The first line as far as its quotes are closed, and what is behind it. */
function headerOf(text: string): [header: string, behind: string | undefined] {
  const trimmed = text.trimStart()
  const [header = ''] = /^(?:[^"\r\n]+|"[^"]*")*/.exec(trimmed) ?? []
  return [header, trimmed[header.length]]
}

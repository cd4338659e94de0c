import { FileFault, type Found } from './rows.ts'
import { named } from './values.ts'

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
export function* csvRows(text: string): Generator<Found> {
  const records = csvRecords(text)
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

function* csvRecords(text: string): Generator<CsvRecord, undefined> {
  const delimiter = delimiterOf(text)
  const plain = new RegExp(`[^"\\r\\n${delimiter}]*`, 'y')
  const lineEnd = /\r\n|\n|\r/g
  let line = 1
  for (let start = 0; start < text.length; ) {
    const { end, ...found } = readRecord(text, start, delimiter, plain)
    lineEnd.lastIndex = end
    const ending = lineEnd.exec(text)
    const source = text.slice(start, ending?.index ?? text.length)
    if (source !== '') yield { line, source, ...found }
    line += 1 + (source.match(lineEnd)?.length ?? 0)
    start += source.length + (ending?.[0].length ?? 0)
  }
}

type Cells = { end: number } & ({ cells: string[] } | { fault: string })

/** Reads one record; one with a fault ends with its first line. */
function readRecord(text: string, start: number, delimiter: string, plain: RegExp): Cells {
  const cells: string[] = []
  for (let at = start; ; at++) {
    if (text[at] === '"') {
      let quote = text.indexOf('"', at + 1)
      while (quote !== -1 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2)
      if (quote === -1) return { end: start, fault: 'has a quote that is never closed' }
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
function delimiterOf(text: string): string {
  const [header = ''] = /^(?:[^"\r\n]+|"[^"]*")*/.exec(text.trimStart()) ?? []
  const plain = header.replace(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => plain.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

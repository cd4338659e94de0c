import { JsonFault, JsonReader } from './json-reader.ts'
import { FileFault, type Found } from './rows.ts'

/**
 * Reads the objects of a JSON list, one by one.
 *
 * @throws FileFault where it is not JSON: what follows cannot be told apart from what is broken.
 */
export function* jsonRows(text: string): Generator<Found> {
  if (!/^[ \t\n\r]*\[/.test(text)) {
    throw new FileFault('is not a list of objects. If each line is an object, name it .ndjson')
  }
  const lines = new Lines(text)
  const reader = new JsonReader(text)
  try {
    reader.space()
    reader.take('[')
    reader.space()
    let more = !reader.take(']')
    while (more) {
      reader.space()
      yield reader.record(lines.of(reader.at))
      reader.space()
      more = reader.take(',')
      if (!more && !reader.take(']')) throw reader.expected('"," or "]"')
    }
    reader.end()
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    const line = new Lines(text).of(error.at)
    const column = error.at - text.lastIndexOf('\n', error.at - 1)
    throw new FileFault(`is not JSON: line ${line}, column ${column}: ${error.message}`)
  }
}

/** Tells the lines of places that are asked for from the first to the last. */
class Lines {
  readonly #text: string
  #line = 1
  #end: number

  constructor(text: string) {
    this.#text = text
    this.#end = text.indexOf('\n')
  }

  of(at: number): number {
    while (this.#end !== -1 && this.#end < at) {
      this.#line++
      this.#end = this.#text.indexOf('\n', this.#end + 1)
    }
    return this.#line
  }
}

/** Reads JSON texts that each stand on a line; a broken one is a fault of its own. Skips empty lines. */
export function* ndjsonRows(text: string): Generator<Found> {
  let line = 0
  for (let start = 0; start <= text.length; ) {
    const next = text.indexOf('\n', start)
    const end = next === -1 ? text.length : next
    const words = text.slice(start, end).trim()
    start = end + 1
    line++
    if (words !== '') yield ndjsonRow(words, line)
  }
}

function ndjsonRow(text: string, line: number): Found {
  const reader = new JsonReader(text)
  try {
    const found = reader.record(line)
    reader.end()
    return found
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    const fault = `is not JSON: ${error.message}`
    return { line, fault, source: JSON.stringify(text) }
  }
}

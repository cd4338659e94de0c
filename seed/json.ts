import { JsonFault, JsonReader } from './json-reader.ts'
import { FileFault, type Found } from './rows.ts'
import { type Pieces, TextWindow } from './window.ts'

/**
 * Reads the objects of a JSON list, one by one.
 *
 * @throws FileFault where it is not JSON: what follows cannot be told apart from what is broken.
 */
export function* jsonRows(pieces: Pieces): Generator<Found> {
  const window = new TextWindow(pieces)
  while (!window.ended && /^[ \t\n\r]*$/.test(window.text)) window.more(0)
  if (!/^[ \t\n\r]*\[/.test(window.text)) {
    throw new FileFault('is not a list of objects. If each line is an object, name it .ndjson')
  }
  const list = new ListReader(window)
  for (let found = list.next(); found !== undefined; found = list.next()) yield found
}

/** Reads a list whose text comes in pieces: a step that reaches the end of what is there is taken again. */
class ListReader {
  readonly #window: TextWindow
  #at = 0
  #place: 'start' | 'element' | 'end' = 'start'
  /** Of the place in the text. */
  #line = 1
  #lineStart = 0
  /** Where it ends, if that is there. */
  #lineEnd: number

  constructor(window: TextWindow) {
    this.#window = window
    this.#lineEnd = window.text.indexOf('\n')
  }

  /** @returns Undefined behind the last. */
  next(): Found | undefined {
    for (;;) {
      const reader = new JsonReader(this.#window.text, this.#at)
      const wasBehind = this.#place === 'end'
      try {
        const found = this.#step(reader)
        this.#goTo(reader.at)
        if (found !== undefined) return found
        if (wasBehind && this.#window.ended) return undefined
      } catch (error) {
        if (!(error instanceof JsonFault)) throw error
        if (this.#window.ended || !error.isCut) throw this.#fault(error)
      }
      if (!this.#window.ended) this.#more()
    }
  }

  /** Reads an element with what is before and behind it, or the end. */
  #step(reader: JsonReader): Found | undefined {
    reader.space()
    if (this.#place === 'end') {
      reader.end()
      return undefined
    }
    if (this.#place === 'start') {
      reader.take('[')
      reader.space()
      if (reader.take(']')) {
        this.#place = 'end'
        return undefined
      }
    }
    const found = reader.record(0)
    const begins = reader.begun
    reader.space()
    const more = reader.take(',')
    if (!more && !reader.take(']')) throw reader.expected('"," or "]"')
    this.#place = more ? 'element' : 'end'
    this.#goTo(begins)
    return { ...found, line: this.#line }
  }

  #goTo(at: number): void {
    while (this.#lineEnd !== -1 && this.#lineEnd < at) {
      this.#line++
      this.#lineStart = this.#lineEnd + 1
      this.#lineEnd = this.#window.text.indexOf('\n', this.#lineStart)
    }
    this.#at = at
  }

  #more(): void {
    this.#window.more(this.#at)
    this.#lineStart -= this.#at
    this.#at = 0
    this.#lineEnd = this.#window.text.indexOf('\n')
  }

  #fault({ at, message }: JsonFault): FileFault {
    this.#goTo(at)
    const column = at - this.#lineStart + 1
    return new FileFault(`is not JSON: line ${this.#line}, column ${column}: ${message}`)
  }
}

/** Reads JSON texts that each stand on a line; a broken one is a fault of its own. Skips empty lines. */
export function* ndjsonRows(pieces: Pieces): Generator<Found> {
  const window = new TextWindow(pieces)
  let line = 0
  let start = 0
  for (;;) {
    const next = window.text.indexOf('\n', start)
    if (next === -1 && !window.ended) {
      window.more(start)
      start = 0
      continue
    }
    line++
    const words = window.text.slice(start, next === -1 ? undefined : next).trim()
    if (words !== '') yield ndjsonRow(words, line)
    if (next === -1) return
    start = next + 1
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

import type { Found, Row } from './rows.ts'
import { isSafe, Numeral, named } from './values.ts'

/** Where a text stops being JSON. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault'
  readonly at: number
  /** Whether more text behind this one could mend it. */
  readonly isCut: boolean

  constructor(message: string, at: number, isCut: boolean) {
    super(message)
    this.at = at
    this.isCut = isCut
  }
}

const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORDS: readonly [string, unknown][] = [
  ['true', true],
  ['false', false],
  ['null', null],
]
const LONGEST_WORD = 'false'.length

/** No value that a field takes is nested so deeply. */
const DEEPEST = 200

/**
 * Reads a JSON text from its beginning to its end. Not by JSON.parse, which rounds long numbers, keeps
 * the last of two members with one name, and does not say where it is.
 */
export class JsonReader {
  readonly text: string
  at: number
  /** Where the last record began. */
  begun = 0
  #depth = 0
  /** The first name that occurs twice in an object within the record. */
  #twice: string | undefined

  constructor(text: string, at = 0) {
    this.text = text
    this.at = at
  }

  space(): void {
    this.#match(SPACE)
  }

  take(char: string): boolean {
    const found = this.text[this.at] === char
    if (found) this.at++
    return found
  }

  expected(what: string): JsonFault {
    const found = this.text.slice(this.at, this.at + 1)
    return new JsonFault(
      found === ''
        ? `it ends where ${what} is missing`
        : `${JSON.stringify(found)} where ${what} is expected`,
      this.at,
      // `tru` begins a word.
      this.at > this.text.length - LONGEST_WORD,
    )
  }

  end(): void {
    this.space()
    if (this.at < this.text.length) throw this.expected('its end')
  }

  /** Reads a value that should be an object. */
  record(line: number): Found {
    const start = this.at
    this.begun = start
    this.#depth = 0
    this.#twice = undefined
    const object = this.text[start] === '{' ? this.#object() : this.value()
    const source = this.text.slice(start, this.at)
    if (!(object instanceof Members)) return { line, fault: 'is not an object', source }
    const { row, twice = this.#twice } = object
    if (twice === undefined) return { line, row, source }
    return { line, fault: `${named(twice)}: occurs twice in one object`, source }
  }

  #object(): Members {
    const members: [string, unknown][] = []
    const names = new Set<string>()
    let twice: string | undefined
    this.at++
    this.space()
    let more = !this.take('}')
    while (more) {
      this.space()
      const name = this.#string()
      if (names.has(name)) twice ??= name
      names.add(name)
      this.space()
      if (!this.take(':')) throw this.expected('":"')
      this.space()
      members.push([name, this.value()])
      this.space()
      more = this.take(',')
      if (!more && !this.take('}')) throw this.expected('"," or "}"')
    }
    return new Members(Object.fromEntries(members), twice)
  }

  /** Reads any value; one of a number's spellings that JavaScript has not is a {@link Numeral}. */
  value(): unknown {
    const first = this.text[this.at]
    if (first === '"') return this.#string()
    if (first === '{' || first === '[') return this.#nested()
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length
        return value
      }
    }
    const source = this.#match(NUMBER)
    if (source === '') throw this.expected('a value')
    const number = Number(source)
    return String(number) === source && isSafe(number) ? number : new Numeral(source)
  }

  #string(): string {
    const start = this.at
    if (!this.take('"')) throw this.expected('a name in double quotes')
    this.#skipString()
    return this.#parse(start, 'a text with a control character or a wrong escape')
  }

  /** Goes behind the quote that ends a text. */
  #skipString(): void {
    for (;;) {
      const quote = this.text.indexOf('"', this.at)
      if (quote === -1) throw new JsonFault('a text never ends', this.at - 1, true)
      let escapes = 0
      while (quote - escapes > this.at && this.text[quote - escapes - 1] === '\\') escapes++
      this.at = quote + 1
      if (escapes % 2 === 0) return
    }
  }

  /** An object or a list within a record, with all digits of its numbers. */
  #nested(): object {
    if (++this.#depth > DEEPEST) throw new JsonFault('it is nested too deeply', this.at, false)
    const nested = this.text[this.at] === '{' ? this.#members() : this.#list()
    this.#depth--
    return nested
  }

  #members(): object {
    const { row, twice } = this.#object()
    this.#twice ??= twice
    return row
  }

  #list(): unknown[] {
    const entries: unknown[] = []
    this.at++
    this.space()
    let more = !this.take(']')
    while (more) {
      this.space()
      entries.push(this.value())
      this.space()
      more = this.take(',')
      if (!more && !this.take(']')) throw this.expected('"," or "]"')
    }
    return entries
  }

  #parse<value>(start: number, otherwise: string): value {
    try {
      return JSON.parse(this.text.slice(start, this.at))
    } catch {
      throw new JsonFault(otherwise, start, false)
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0] ?? ''
    this.at += found.length
    return found
  }
}

/** The members of an object, and the first name that occurs twice. */
class Members {
  readonly row: Row
  readonly twice: string | undefined

  constructor(row: Row, twice: string | undefined) {
    this.row = row
    this.twice = twice
  }
}

import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Reject } from './rows.ts'

/** So many characters are gathered for one write. */
const WRITTEN_AT_ONCE = 65_536

/**
 * Writes what was rejected to a file of `.usher/`, one a line, with its row, line and reason, and counts the
 * reasons. Without rejects, the file of an earlier load is taken away.
 */
export class Rejects {
  readonly #path: string | undefined
  readonly #reasons = new Map<string, Reason>()
  #file: number | undefined
  #waiting = ''
  /** How many have a reason that is not among those that are counted. */
  #others = 0

  /** @param source What the file is called by; undefined for a trial, which writes none and leaves that of before. */
  constructor(source: string | undefined) {
    this.#path = source === undefined ? undefined : join('.usher', `rejects-${source}.ndjson`)
    if (this.#path !== undefined) rmSync(this.#path, { force: true })
  }

  add(reject: Reject): void {
    if (this.#path !== undefined) this.#waiting += lineOf(reject)
    if (this.#waiting.length >= WRITTEN_AT_ONCE) this.#write()
    const known = this.#reasons.get(reject.reason)
    if (known === undefined && this.#reasons.size >= MOST_COUNTED) {
      this.#others++
      return
    }
    const reason = known ?? { count: 0, examples: [] }
    reason.count++
    if (reason.examples.length < MOST_EXAMPLES) reason.examples.push(exampleOf(reject))
    this.#reasons.set(reject.reason, reason)
  }

  /** @returns Lines for the screen: the reasons, the most frequent first, and the file; none without rejects. */
  end(): string[] {
    this.#write()
    const lines = tally(this.#reasons, this.#others)
    if (this.#file === undefined) return lines
    closeSync(this.#file)
    return [...lines, `All of them: ${this.#path}`]
  }

  #write(): void {
    if (this.#path === undefined || this.#waiting === '') return
    if (this.#file === undefined) {
      mkdirSync('.usher', { recursive: true, mode: 0o700 })
      this.#file = openSync(this.#path, 'w')
    }
    writeSync(this.#file, this.#waiting)
    this.#waiting = ''
  }
}

interface Reason {
  count: number
  examples: string[]
}

function lineOf({ row, line, reason: general, detail, data }: Reject): string {
  const reason = detail === undefined ? general : `${general}: ${detail}`
  // The record is JSON already: in its own words, with all digits of its numbers. Line breaks stand
  // between those words alone.
  const record = data.replace(/[\r\n]+/g, ' ')
  return `${JSON.stringify({ row, line, reason }).slice(0, -1)},"data":${record}}\n`
}

/** More reasons than anybody reads. */
const MOST_COUNTED = 1_000
const MOST_REASONS = 10
const MOST_EXAMPLES = 3

/** The reasons, the most frequent first, with how many records have them and where the first are. */
function tally(reasons: ReadonlyMap<string, Reason>, others: number): string[] {
  const all = [...reasons].sort(([, a], [, b]) => b.count - a.count)
  const lines = all.slice(0, MOST_REASONS).map(([reason, { count, examples }]) => {
    const shown = count > examples.length ? [...examples, '…'] : examples
    return `  ${count} × ${reason} (${shown.join('; ')})`
  })
  const more = all.slice(MOST_REASONS)
  if (more.length === 0) return lines
  const rows = more.reduce((sum, [, { count }]) => sum + count, others)
  return [...lines, `  ${rows} × ${more.length}${others > 0 ? ' and more' : ''} other reasons`]
}

function exampleOf({ row, line, example, detail }: Reject): string {
  const place = line === undefined ? `row ${row}` : `line ${line}`
  return [place, example, detail].filter((part) => part !== undefined).join(': ')
}

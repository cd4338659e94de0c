import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reject } from './rows.ts'

/**
 * Writes what was rejected to a file of `.usher/`, one a line, with its row, line and reason; without
 * rejects, takes the file of an earlier load away.
 *
 * @returns The file, if there is one.
 */
export async function writeRejects(
  source: string,
  rejects: readonly Reject[],
): Promise<string | undefined> {
  const file = join('.usher', `rejects-${source}.ndjson`)
  if (rejects.length === 0) {
    await rm(file, { force: true })
    return undefined
  }
  await mkdir('.usher', { recursive: true, mode: 0o700 })
  await writeFile(file, chunksOf(rejects))
  return file
}

/** A text can hold half a gigabyte; the rejects of a large file may be more. */
function* chunksOf(rejects: readonly Reject[]): Generator<string> {
  const size = 1_000
  for (let start = 0; start < rejects.length; start += size) {
    yield rejects
      .slice(start, start + size)
      .map(lineOf)
      .join('')
  }
}

function lineOf({ row, line, reason: general, detail, data }: Reject): string {
  const reason = detail === undefined ? general : `${general}: ${detail}`
  // The record is JSON already: in its own words, with all digits of its numbers. Line breaks stand
  // between those words alone.
  const record = data.replace(/[\r\n]+/g, ' ')
  return `${JSON.stringify({ row, line, reason }).slice(0, -1)},"data":${record}}\n`
}

const MOST_REASONS = 10
const MOST_EXAMPLES = 3

/** The reasons, the most frequent first, with how many records have them and where the first are. */
export function tally(rejects: readonly Reject[]): string[] {
  const byReason = new Map<string, Reject[]>()
  for (const reject of rejects) {
    const alike = byReason.get(reject.reason)
    if (alike === undefined) byReason.set(reject.reason, [reject])
    else alike.push(reject)
  }
  const all = [...byReason].sort(([, a], [, b]) => b.length - a.length)
  const lines = all.slice(0, MOST_REASONS).map(([reason, alike]) => {
    const examples = alike.slice(0, MOST_EXAMPLES).map(exampleOf)
    if (alike.length > MOST_EXAMPLES) examples.push('…')
    return `  ${alike.length} × ${reason} (${examples.join('; ')})`
  })
  const more = all.slice(MOST_REASONS)
  if (more.length === 0) return lines
  const rows = more.reduce((sum, [, alike]) => sum + alike.length, 0)
  return [...lines, `  ${rows} × ${more.length} other reasons`]
}

function exampleOf({ row, line, example, detail }: Reject): string {
  const place = line === undefined ? `row ${row}` : `line ${line}`
  return [place, example, detail].filter((part) => part !== undefined).join(': ')
}

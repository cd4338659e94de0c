import { isUtf8 } from 'node:buffer'
import { closeSync, openSync, readSync } from 'node:fs'
import { extname } from 'node:path'
import { csvRows } from './csv.ts'
import { type Encoding, FileDecoder, wholeLength, wideEncoding } from './decode.ts'
import { jsonRows, ndjsonRows } from './json.ts'
import { FileFault, type Found, type Rows } from './rows.ts'
import type { Pieces } from './window.ts'

export type Format = 'JSON' | 'NDJSON' | 'CSV'

const FORMATS: Readonly<Record<string, Format>> = {
  '.json': 'JSON',
  '.ndjson': 'NDJSON',
  '.jsonl': 'NDJSON',
  '.csv': 'CSV',
  '.tsv': 'CSV',
}

const READERS: Readonly<Record<Format, (pieces: Pieces) => Iterable<Found>>> = {
  JSON: jsonRows,
  NDJSON: ndjsonRows,
  CSV: csvRows,
}

/**
 * The records of a file, by its name: JSON (a list of objects), NDJSON, or CSV with a header. The file is read
 * anew each time, and never whole.
 *
 * @throws FileFault by its name, and while it is read.
 */
export function rowsOf(path: string, encoding?: Encoding): Rows {
  const read = READERS[formatOf(path)]
  return () => read(textOf(path, encoding))
}

/** @throws FileFault */
export function formatOf(path: string): Format {
  const format = FORMATS[extname(path).toLowerCase()]
  if (format !== undefined) return format
  throw new FileFault(`is not named ${Object.keys(FORMATS).join(', ')}`)
}

function* textOf(path: string, encoding: Encoding = 'utf-8'): Generator<string> {
  const decoder = new FileDecoder(encoding)
  for (const bytes of bytesOf(path)) yield decoder.write(bytes)
  yield decoder.end()
}

/** So many bytes of a file are in memory, if no record is larger. */
const PIECE_BYTES = 262_144

function* bytesOf(path: string): Generator<Buffer> {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    for (;;) {
      const bytes = Buffer.alloc(PIECE_BYTES)
      const length = readSync(file, bytes)
      if (length === 0) return
      yield bytes.subarray(0, length)
    }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
    throw new FileFault(`cannot be read: ${error.code}`)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/**
 * The encoding of a file, as its bytes tell: UTF-16 has a mark, UTF-8 has rules, and what breaks them was
 * written in the one-byte encoding of older programs.
 *
 * @throws FileFault when it cannot be read.
 */
export function guessEncoding(path: string): Encoding {
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = true
  for (const piece of bytesOf(path)) {
    const bytes = Buffer.concat([rest, piece])
    const wide = isFirst ? wideEncoding(bytes) : undefined
    if (wide !== undefined) return wide
    isFirst = false
    const length = wholeLength(bytes, 'utf-8')
    if (!isUtf8(bytes.subarray(0, length))) return 'latin1'
    rest = bytes.subarray(length)
  }
  return isUtf8(rest) ? 'utf-8' : 'latin1'
}

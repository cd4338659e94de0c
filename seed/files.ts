import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { csvRows } from './csv.ts'
import { decode, type Encoding } from './decode.ts'
import { jsonRows, ndjsonRows } from './json.ts'
import { FileFault, type Found } from './rows.ts'

const READERS: Readonly<Record<string, (text: string) => Iterable<Found>>> = {
  '.json': jsonRows,
  '.ndjson': ndjsonRows,
  '.jsonl': ndjsonRows,
  '.csv': csvRows,
  '.tsv': csvRows,
}

/**
 * Reads the records of a file, by its name: JSON (a list of objects), NDJSON, or CSV with a header.
 *
 * @throws FileFault
 */
export async function readRows(path: string, encoding?: Encoding): Promise<Found[]> {
  const read = READERS[extname(path).toLowerCase()]
  if (read === undefined) {
    throw new FileFault(`is not named ${Object.keys(READERS).join(', ')}`)
  }
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new FileFault(`cannot be read: ${error.code}`)
  })
  const found = [...read(decode(bytes, encoding))]
  if (found.length === 0) throw new FileFault('has no rows')
  return found
}

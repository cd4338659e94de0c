import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Row } from './rows.ts'

/** A file that cannot be read as rows; the message says where. */
export class FileFault extends Error {
  override readonly name = 'FileFault'
}

/**
 * Reads rows from JSON (a list of objects), NDJSON or CSV (with a header line), by the file's name.
 *
 * @throws FileFault
 */
export async function readRows(path: string): Promise<Row[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new FileFault(`${path} cannot be read: ${error.code}.`)
  })
  switch (extname(path).toLowerCase()) {
    case '.json':
      return rowsOf(parse(text, path), path)
    case '.ndjson':
    case '.jsonl': {
      const lines = text
        .split('\n')
        .map((line, index) => ({ line: line.trim(), number: index + 1 }))
      return rowsOf(
        lines
          .filter(({ line }) => line !== '')
          .map(({ line, number }) => parse(line, `${path}, line ${number}`)),
        path,
      )
    }
    case '.csv': {
      const { parse: parseCsv } = await import('csv-parse/sync')
      try {
        return parseCsv(text, { columns: true, bom: true, skip_empty_lines: true }) as Row[]
      } catch (error) {
        throw new FileFault(`${path} is not CSV: ${error instanceof Error ? error.message : error}`)
      }
    }
    default:
      throw new FileFault(`${path} is not named .json, .ndjson, .jsonl or .csv.`)
  }
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FileFault(`${where} is not JSON: ${error instanceof Error ? error.message : error}`)
  }
}

function rowsOf(value: unknown, path: string): Row[] {
  if (!Array.isArray(value)) throw new FileFault(`${path} is not a list of objects.`)
  const fault = value.findIndex(
    (row) => typeof row !== 'object' || row === null || Array.isArray(row),
  )
  if (fault !== -1) throw new FileFault(`${path}: row ${fault + 1} is not an object.`)
  return value as Row[]
}

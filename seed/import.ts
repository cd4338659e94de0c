import type { Redis } from '@upstash/redis'
import type { Collection } from '../lib/collections/define.ts'
import { readerOf } from '../lib/collections/item.ts'
import { keys } from '../lib/store/keys.ts'
import { type Entry, entryOf, type Reject, type Row } from './rows.ts'

const BATCH = 250

export interface ImportOptions {
  redis: Redis
  collection: Collection
  rows: readonly Row[]
  idColumn?: string
  /** `update` makes the store say what the rows say; `add` leaves items that exist alone. */
  mode: 'update' | 'add'
  /** Called after every batch. */
  onProgress?: (done: number, total: number) => void
}

export interface ImportReport {
  written: number
  unchanged: number
  rejects: Reject[]
}

/**
 * Loads rows into a collection, in batches of one read and one write pipeline.
 *
 * Every item's id follows from its row and every write says the whole item, so that an import that
 * was killed half way is finished by running it again, and one that is run twice changes nothing.
 */
export async function importRows(options: ImportOptions): Promise<ImportReport> {
  const { redis, collection, rows, idColumn, mode, onProgress } = options
  const { entries, rejects } = sift(collection, rows, idColumn)
  const report: ImportReport = { written: 0, unchanged: 0, rejects }
  for (let start = 0; start < entries.length; start += BATCH) {
    const batch = entries.slice(start, start + BATCH)
    const due = await changesOf(redis, collection, batch, mode)
    await writeAll(redis, collection, due)
    report.written += due.length
    report.unchanged += batch.length - due.length
    onProgress?.(rejects.length + start + batch.length, rows.length)
  }
  return report
}

function sift(
  collection: Collection,
  rows: readonly Row[],
  idColumn: string | undefined,
): { entries: Entry[]; rejects: Reject[] } {
  const entries = new Map<string, Entry>()
  const rejects: Reject[] = []
  for (const [index, row] of rows.entries()) {
    const entry = entryOf(collection, row, idColumn)
    const reason =
      typeof entry === 'string'
        ? entry
        : entries.has(entry.id)
          ? `${idColumn ?? 'id'}: occurs before`
          : undefined
    if (typeof entry === 'string' || reason !== undefined) {
      rejects.push({ row: index + 1, reason: reason ?? '', data: row })
    } else {
      entries.set(entry.id, entry)
    }
  }
  return { entries: [...entries.values()], rejects }
}

async function changesOf(
  redis: Redis,
  collection: Collection,
  batch: readonly Entry[],
  mode: ImportOptions['mode'],
): Promise<Entry[]> {
  const { names } = readerOf(collection)
  const pipeline = redis.pipeline()
  for (const { id } of batch) pipeline.hmget(keys.item(collection.prefix, id), ...names)
  const replies = await pipeline.exec({ keepErrors: true })
  return batch.filter(({ fields }, index) => {
    const stored = replies[index]?.result
    // A key of another type fails the write, and that names it.
    if (!Array.isArray(stored)) return true
    const exists = stored.some((value) => value !== null)
    if (mode === 'add' && exists) return false
    return names.some((name, position) => (fields[name] ?? null) !== stored[position])
  })
}

async function writeAll(
  redis: Redis,
  collection: Collection,
  entries: readonly Entry[],
): Promise<void> {
  if (entries.length === 0) return
  const pipeline = redis.multi()
  for (const { id, fields } of entries) {
    const key = keys.item(collection.prefix, id)
    const absent = readerOf(collection).names.filter((name) => fields[name] === undefined)
    pipeline.hset(key, fields)
    if (absent.length > 0) pipeline.hdel(key, ...absent)
  }
  await pipeline.exec()
}

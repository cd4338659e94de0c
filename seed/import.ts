import type { Redis } from '@upstash/redis'
import { keptIndexesOf } from '../lib/collections/declaration.ts'
import type { Collection } from '../lib/collections/define.ts'
import { buildIndexes } from '../lib/collections/heal.ts'
import { indexChanges } from '../lib/collections/indexing.ts'
import { readerOf } from '../lib/collections/item.ts'
import { applyItems, type ItemChange, itemRead } from '../lib/store/items.ts'
import { keys } from '../lib/store/keys.ts'
import { type Databases, Store } from '../lib/store/store.ts'
import { Trips } from '../lib/store/trips.ts'
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
 * Loads rows into a collection, in batches of one read and one atomic write, indexes included.
 *
 * Every item's id follows from its row and every write says the whole item, so that an import that
 * was killed half way is finished by running it again, and one that is run twice changes nothing.
 */
export async function importRows(options: ImportOptions): Promise<ImportReport> {
  const { redis, collection, rows, idColumn, mode, onProgress } = options
  const { entries, rejects } = sift(collection, rows, idColumn)
  const store = loadingStore(redis)
  // In an empty collection they are whole from here on, and the writes below keep them so.
  await buildIndexes(store)
  const report: ImportReport = { written: 0, unchanged: 0, rejects }
  for (let start = 0; start < entries.length; start += BATCH) {
    const batch = entries.slice(start, start + BATCH)
    const due = await loadBatch(store, collection, batch, mode)
    report.written += due
    report.unchanged += batch.length - due
    onProgress?.(rejects.length + start + batch.length, rows.length)
  }
  return report
}

const PATIENCE_MS = 30_000

/** The store as a program sees it that has time: each step has half a minute. */
export function loadingStore(redis: Redis): () => Store {
  // Both entries of the Upstash client are one class; their types differ in what is private.
  const client = redis as unknown as Databases['data']
  const databases = { data: client, auth: client }
  return () => new Store(databases, new Trips(Date.now, undefined, undefined, PATIENCE_MS))
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

/** @returns How many items were written. */
async function loadBatch(
  store: () => Store,
  collection: Collection,
  batch: readonly Entry[],
  mode: ImportOptions['mode'],
): Promise<number> {
  const { names } = readerOf(collection)
  let left = [...batch]
  let written = 0
  // What somebody else changes at the same moment is read again.
  for (let tries = 0; tries < MOST_TRIES && left.length > 0; tries++) {
    const stored = await store().read(
      ...left.map(({ id }) => itemRead(collection.prefix, id, names)),
    )
    const due = left.flatMap((entry, index) => {
      const before = stored[index] ?? names.map(() => undefined)
      const next = names.map((name) => entry.fields[name])
      const exists = before.some((value) => value !== undefined)
      if (mode === 'add' && exists) return []
      if (names.every((_, position) => before[position] === next[position])) return []
      const change: ItemChange = {
        key: keys.item(collection.prefix, entry.id),
        verb: 'set',
        expected: before,
        next,
        indexes: indexChanges(collection, entry.id, exists ? before : undefined, next),
      }
      return [{ entry, change }]
    })
    if (due.length === 0) return written
    const outcome = await applyItems(
      store(),
      keptIndexesOf(collection),
      due.map(({ change }) => change),
    )
    const made = 'made' in outcome ? outcome.made : []
    written += made.filter((each) => each).length
    left = due.filter((_, index) => made[index] !== true).map(({ entry }) => entry)
  }
  if (left.length > 0) throw new KeyTaken(left[0]?.id ?? '')
  return written
}

/** A key of the collection holds no hash, or is changed by others without end. */
class KeyTaken extends Error {
  override readonly name = 'KeyTaken'
}

const MOST_TRIES = 3

import type { Redis } from '@upstash/redis'
import type { Collection } from '../lib/collections/define.ts'
import { keptIndexesOf } from '../lib/items/declaration.ts'
import { buildIndexes, heal } from '../lib/items/heal.ts'
import { indexChanges } from '../lib/items/indexing.ts'
import { readerOf } from '../lib/items/item.ts'
import { allCollections } from '../lib/items/registry.ts'
import { isHeld, uniquesOf } from '../lib/items/unique.ts'
import { type Databases, Store } from '../lib/store/client/store.ts'
import { Trips } from '../lib/store/client/trips.ts'
import { applyItems, type ItemChange, itemRead } from '../lib/store/items.ts'
import { keys } from '../lib/store/keys.ts'
import { findColumns, PLAIN_COLUMNS } from './columns.ts'
import { type Entry, type Reject, type Row, rejectOf } from './rows.ts'
import { type Sifted, sift } from './sift.ts'
import { shown } from './values.ts'

/** So many rows, and so many bytes of their texts, go in one request. */
const BATCH = { rows: 250, bytes: 1_048_576 }

export type Mode = 'update' | 'add'

export interface ImportOptions {
  redis: Redis
  collection: Collection
  rows: readonly Row[]
  /** `update` makes the store say what the rows say; `add` leaves items that exist alone. */
  mode: Mode
}

export interface ImportReport {
  written: number
  unchanged: number
  rejects: Reject[]
}

/** Loads rows that a program made; the column `id` is the id. See {@link importSifted}. */
export async function importRows(options: ImportOptions): Promise<ImportReport> {
  const { redis, collection, rows, mode } = options
  const found = rows.map((row) => ({ row }))
  const columns = findColumns(collection, found, PLAIN_COLUMNS)
  return importSifted({ redis, collection, sifted: sift(collection, found, columns), mode })
}

/**
 * Loads records into a collection, in batches of one read and one atomic write, indexes included.
 *
 * Every item's id follows from its record and every write says the whole item, so that an import that
 * was killed half way is finished by running it again, and one that is run twice changes nothing.
 */
export async function importSifted(options: {
  redis: Redis
  collection: Collection
  sifted: Sifted
  mode: Mode
  /** Called after every batch. */
  onProgress?: (done: number, total: number) => void
}): Promise<ImportReport> {
  const { redis, collection, sifted, mode, onProgress } = options
  const { entries, total } = sifted
  const store = loadingStore(redis)
  if (collection.unique === undefined) {
    // In an empty collection they are whole from here on, and the writes below keep them so.
    await buildIndexes(store)
  } else {
    // Hashes that somebody has typed may have unique values that no index knows of.
    const collections = [...new Set([...allCollections(), collection])]
    await heal(store, { restMs: 0, collections })
  }
  const report: ImportReport = { written: 0, unchanged: 0, rejects: [...sifted.rejects] }
  let done = report.rejects.length
  let clashing: Clashing[] = []
  const loadAll = async (some: readonly Entry[]): Promise<number> => {
    const before = report.written
    clashing = []
    for (const batch of batchesOf(some)) {
      const loaded = await loadBatch(store, collection, batch, mode)
      report.written += loaded.written
      report.unchanged += loaded.unchanged
      report.rejects.push(...loaded.rejects)
      clashing.push(...loaded.clashing)
      done += batch.length - loaded.clashing.length
      onProgress?.(done, total)
    }
    return report.written - before
  }
  await loadAll(entries)
  // A row behind may have freed the value.
  while (clashing.length > 0 && (await loadAll(clashing.map(({ entry }) => entry))) > 0);
  for (const { entry, field, holder } of clashing) {
    const fault = {
      reason: `${field}: is unique, and another item has it`,
      detail: shown(holder),
      example: shown(entry.id),
    }
    report.rejects.push(rejectOf(entry.found, entry.row, fault))
  }
  return report
}

/** A record whose value of a unique field another item has. */
interface Clashing {
  entry: Entry
  field: string
  holder: string
}

function* batchesOf(entries: readonly Entry[]): Generator<Entry[]> {
  let batch: Entry[] = []
  let bytes = 0
  for (const entry of entries) {
    if (batch.length === BATCH.rows || (batch.length > 0 && bytes + entry.bytes > BATCH.bytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(entry)
    bytes += entry.bytes
  }
  if (batch.length > 0) yield batch
}

const PATIENCE_MS = 30_000

/** The store as a program sees it that has time: each step has half a minute. */
export function loadingStore(redis: Redis): () => Store {
  // Both entries of the Upstash client are one class; their types differ in what is private.
  const client = redis as unknown as Databases['data']
  const databases = { data: client, auth: client }
  return () => new Store(databases, new Trips(Date.now, undefined, undefined, PATIENCE_MS))
}

interface LoadedBatch {
  written: number
  unchanged: number
  /** Records whose keys hold something else. */
  rejects: Reject[]
  clashing: Clashing[]
}

async function loadBatch(
  store: () => Store,
  collection: Collection,
  batch: readonly Entry[],
  mode: Mode,
): Promise<LoadedBatch> {
  const { names } = readerOf(collection)
  const loaded: LoadedBatch = { written: 0, unchanged: 0, rejects: [], clashing: [] }
  let left = [...batch]
  // What somebody else changes at the same moment is read again.
  for (let tries = 0; tries < MOST_TRIES && left.length > 0; tries++) {
    const current = await store().read(
      ...left.map(({ id }) => itemRead(collection.prefix, id, names)),
    )
    const due = left.flatMap((entry, index) => {
      const before = current[index]
      if (before === undefined) {
        const fault = {
          reason: 'its key holds something that is no hash',
          example: shown(entry.id),
        }
        loaded.rejects.push(rejectOf(entry.found, entry.row, fault))
        return []
      }
      const next = entry.stored
      const exists = before.some((value) => value !== undefined)
      const stays = names.every((_, position) => before[position] === next[position])
      if ((mode === 'add' && exists) || stays) {
        loaded.unchanged++
        return []
      }
      const known = exists ? before : undefined
      const uniques = uniquesOf(collection, entry.id, known, next)
      const change: ItemChange = {
        key: keys.item(collection.prefix, entry.id),
        verb: 'set',
        expected: before,
        next,
        indexes: indexChanges(collection, entry.id, known, next),
        uniques,
      }
      return [{ entry, change, uniques }]
    })
    if (due.length === 0) return loaded
    const outcome = await applyItems(
      store(),
      keptIndexesOf(collection),
      due.map(({ change }) => change),
    )
    const outcomes = 'outcomes' in outcome ? outcome.outcomes : []
    left = []
    for (const [index, { entry, uniques }] of due.entries()) {
      const became = outcomes[index]
      if (became === 'made') loaded.written++
      else if (typeof became !== 'object') left.push(entry)
      else {
        const holder = await isHeld(store, collection, uniques, became)
        const field = uniques[became.at]?.field ?? ''
        if (holder === undefined) left.push(entry)
        else loaded.clashing.push({ entry, field, holder })
      }
    }
  }
  if (left.length > 0) throw new Overtaken(left[0]?.id ?? '')
  return loaded
}

/** An item is changed by others without end. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'

  constructor(id: string) {
    super(`${shown(id)} is changed by others again and again`)
  }
}

const MOST_TRIES = 3

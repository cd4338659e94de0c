import type { Collection } from '../lib/collections/define.ts'
import { keptIndexesOf } from '../lib/items/declaration.ts'
import { buildIndexes, heal } from '../lib/items/heal.ts'
import { indexChanges, isThere } from '../lib/items/indexing.ts'
import { readerOf } from '../lib/items/item.ts'
import { allCollections } from '../lib/items/registry.ts'
import { isHeld, uniquesOf } from '../lib/items/unique.ts'
import { applyItems, type ItemChange } from '../lib/store/apply-items.ts'
import { Store } from '../lib/store/client/store.ts'
import type { Transport } from '../lib/store/client/transport.ts'
import { Trips } from '../lib/store/client/trips.ts'
import { unindexedRead } from '../lib/store/indexes.ts'
import { itemRead } from '../lib/store/items.ts'
import { keys } from '../lib/store/keys.ts'
import type { StoredFields } from '../lib/store/stored-fields.ts'
import { findColumns, PLAIN_COLUMNS } from './columns.ts'
import { type Entry, type Reject, type Row, rejectOf } from './rows.ts'
import { Sieve } from './sift.ts'
import { shown } from './values.ts'

/** So many rows, and so many bytes of their texts, go in one request; so many are looked at for it. */
const BATCH = { rows: 250, bytes: 1_048_576, seen: 1_000 }

/** So many requests are under way: while the store writes one, the next is made. */
const AT_ONCE = 2

/**
 * `update` makes the store say what the rows say; `add` leaves items that exist alone; `protect` rejects the rows
 * of those that say something else.
 */
export type Mode = 'update' | 'add' | 'protect'

/** How many records became what. */
export interface ImportReport {
  written: number
  unchanged: number
  rejected: number
}

/** Loads rows that a program made; the column `id` is the id. See {@link importEntries}. */
export function importRows(options: {
  redis: Transport
  collection: Collection
  rows: readonly Row[]
  mode: Mode
  onReject?: (reject: Reject) => void
}): Promise<ImportReport> {
  const { redis, collection, rows, mode, onReject = () => undefined } = options
  const there = new Set(rows.flatMap((row) => Object.keys(row)))
  const sieve = new Sieve(collection, findColumns(collection, there, PLAIN_COLUMNS))
  const sifted = rows.map((row, index) => sieve.sift({ row }, index + 1))
  return importEntries({ redis, collection, sifted, mode, onReject })
}

/**
 * Loads records into a collection, in batches of one read and one atomic write, indexes included. No more
 * than three batches of them are in memory.
 *
 * Every item's id follows from its record and every write says the whole item, so that an import that
 * was killed half way is finished by running it again, and one that is run twice changes nothing.
 */
export async function importEntries(options: {
  redis: Transport
  collection: Collection
  /** Those whose indexes are built before; all, if not said. */
  collections?: readonly Collection[] | undefined
  sifted: Iterable<Entry | Reject>
  mode: Mode
  /** Called after every batch, with how many records are done. */
  onProgress?: (done: number) => void
  onReject?: (reject: Reject) => void
}): Promise<ImportReport> {
  const { redis, collection, collections, sifted, mode, onProgress, onReject } = options
  const store = loadingStore(redis)
  if (collection.unique === undefined) {
    // In an empty collection they are whole from here on, and the writes below keep them so.
    await buildIndexes(store, collections)
  } else {
    // Hashes that somebody has typed may have unique values that no index knows of.
    const all = [...new Set([...(collections ?? allCollections()), collection])]
    await heal(store, { restMs: 0, collections: all })
  }
  const report: ImportReport = { written: 0, unchanged: 0, rejected: 0 }
  const reject = (each: Reject): void => {
    report.rejected++
    onReject?.(each)
  }
  const loadAll = async (some: Iterable<Entry | Reject>): Promise<Clashing[]> => {
    const clashing: Clashing[] = []
    const underWay: { rejects: readonly Reject[]; loaded: Promise<LoadedBatch> }[] = []
    const finish = async (): Promise<void> => {
      const first = underWay.shift()
      if (first === undefined) return
      const loaded = await first.loaded
      report.written += loaded.written
      report.unchanged += loaded.unchanged
      for (const each of [...first.rejects, ...loaded.rejects]) reject(each)
      clashing.push(...loaded.clashing)
      onProgress?.(report.written + report.unchanged + report.rejected)
    }
    try {
      for (const { entries, rejects } of batchesOf(some)) {
        if (underWay.length === AT_ONCE) await finish()
        // No two of one call have an id, or a unique value, in common: their order is nobody's concern.
        const loaded = loadBatch(store, collection, entries, mode)
        // It is heard in its turn.
        loaded.catch(() => undefined)
        underWay.push({ rejects, loaded })
      }
      while (underWay.length > 0) await finish()
    } finally {
      // Nothing is written any more once this one has failed.
      await Promise.allSettled(underWay.map(({ loaded }) => loaded))
    }
    return clashing
  }
  let clashing = await loadAll(sifted)
  // A row behind may have freed the value.
  for (let before = -1; clashing.length > 0 && report.written > before; ) {
    before = report.written
    clashing = await loadAll(clashing.map(({ entry }) => entry))
  }
  for (const { entry, field, holder } of clashing) {
    const fault = {
      reason: `${field}: is unique, and another item has it`,
      detail: shown(holder),
      example: shown(entry.id),
    }
    reject(rejectOf(entry.found, entry.row, fault))
  }
  return report
}

/** A record whose value of a unique field another item has. */
interface Clashing {
  entry: Entry
  field: string
  holder: string
}

interface Batch {
  entries: Entry[]
  /** Records among and behind those that do not fit. */
  rejects: Reject[]
}

function* batchesOf(sifted: Iterable<Entry | Reject>): Generator<Batch> {
  let batch: Batch = { entries: [], rejects: [] }
  let bytes = 0
  for (const each of sifted) {
    const { entries, rejects } = batch
    const more = 'reason' in each ? 0 : each.bytes
    const isFull =
      entries.length === BATCH.rows ||
      entries.length + rejects.length === BATCH.seen ||
      (entries.length > 0 && bytes + more > BATCH.bytes)
    if (isFull) {
      yield batch
      batch = { entries: [], rejects: [] }
      bytes = 0
    }
    if ('reason' in each) batch.rejects.push(each)
    else batch.entries.push(each)
    bytes += more
  }
  if (batch.entries.length + batch.rejects.length > 0) yield batch
}

const PATIENCE_MS = 30_000

/** The store as a program sees it that has time: each step has half a minute. */
export function loadingStore(redis: Transport): () => Store {
  const databases = { data: redis, auth: redis }
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
  if (batch.length === 0) return loaded
  let left = [...batch]
  let absent = await unindexed(store, collection, batch)
  // What somebody else changes at the same moment is read again.
  for (let tries = 0; tries < MOST_TRIES && left.length > 0; tries++) {
    const before = await currentOf(store, collection, left, absent)
    const due = left.flatMap((entry) => {
      const known = before.get(entry)
      if (known === 'taken') {
        const fault = {
          reason: 'its key holds something that is no hash',
          example: shown(entry.id),
        }
        loaded.rejects.push(rejectOf(entry.found, entry.row, fault))
        return []
      }
      const next = entry.stored
      const stays = known !== undefined && names.every((_, at) => known[at] === next[at])
      if ((mode === 'add' && known !== undefined) || stays) {
        loaded.unchanged++
        return []
      }
      if (mode === 'protect' && known !== undefined) {
        const fault = { reason: OTHER_VALUES, example: shown(entry.id) }
        loaded.rejects.push(rejectOf(entry.found, entry.row, fault))
        return []
      }
      const uniques = uniquesOf(collection, entry.id, known, next)
      const change: ItemChange = {
        key: keys.item(collection.prefix, entry.id),
        verb: 'set',
        expected: known,
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
    absent = new Set()
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

/**
 * Records whose ids no index has: there is most likely no such item, and reading each would take longer than all else. The
 * script that writes sees whether it is so; one that is there all the same is read then.
 */
async function unindexed(
  store: () => Store,
  { name }: Collection,
  batch: readonly Entry[],
): Promise<ReadonlySet<string>> {
  const [ids] = await store().read(
    unindexedRead(
      name,
      batch.map(({ id }) => id),
    ),
  )
  return new Set(ids)
}

/** What is stored for each record; undefined for no item, `taken` for a key of another type. */
async function currentOf(
  store: () => Store,
  collection: Collection,
  entries: readonly Entry[],
  absent: ReadonlySet<string>,
): Promise<Map<Entry, StoredFields | 'taken' | undefined>> {
  const { names } = readerOf(collection)
  const asked = entries.filter(({ id }) => !absent.has(id))
  const reads = asked.map(({ id }) => itemRead(collection.prefix, id, names))
  const found = reads.length === 0 ? [] : await store().read(...reads)
  return new Map(
    asked.map((entry, at) => {
      const stored = found[at]
      return [entry, stored === undefined ? 'taken' : isThere(stored) ? stored : undefined]
    }),
  )
}

const OTHER_VALUES = 'is in the store already, with other values: --force loads over it'

/** An item is changed by others without end. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'

  constructor(id: string) {
    super(`${shown(id)} is changed by others again and again`)
  }
}

/** The first may be made without reading. */
const MOST_TRIES = 4

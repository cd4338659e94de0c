import { StoreUnavailable } from '../errors.ts'
import {
  beginHealing,
  type Ghosts,
  ghostsRead,
  indexSizeRead,
  keepHealing,
  type ScanPage,
  scanRead,
  unindexedRead,
} from '../store/indexes.ts'
import {
  applyItems,
  type ItemChange,
  type ItemRow,
  type ItemRows,
  itemRead,
  queryRead,
  type StoredFields,
} from '../store/items.ts'
import { keys } from '../store/keys.ts'
import type { Store } from '../store/store.ts'
import type { Collection } from './define.ts'
import { allCollections } from './index.ts'
import { membersOf } from './indexing.ts'
import { readerOf } from './item.ts'
import { indexesOf, SMALL_KEYSPACE } from './plan.ts'
import type { CollectionCall } from './types.ts'

/** How long indexes rest between two healings, in milliseconds, by the size of the keyspace. */
const REST_MS = { upTo100_000: 4_000, beyond: 25_000 }
/** Items that are indexed in one call. */
const BATCH = 100

/** Starts a healing in the background, when a list has found that the last was long ago. */
export function healIfDue(call: CollectionCall<unknown>, found: ItemRows): void {
  const { keyspace, healedAgoMs } = found
  // Before the keyspace has outgrown SCAN, so that nothing vanishes when it does.
  if (keyspace <= SMALL_KEYSPACE / 2) return
  const restMs = keyspace <= 100_000 ? REST_MS.upTo100_000 : REST_MS.beyond
  if (healedAgoMs !== undefined && healedAgoMs < restMs) return
  call.background(async (store) => {
    const { indexed, removed } = await heal(store, { restMs })
    if (indexed + removed > 0) call.log('info', 'indexes.healed', { indexed, removed })
  })
}

export interface Healing {
  /** Hashes that no index had. */
  indexed: number
  /** Ids whose hashes were gone. */
  removed: number
  /** False when another healer was at work, or has taken over. */
  finished: boolean
}

/**
 * Brings the indexes up to what the keyspace holds: SCAN finds the hashes that people typed, and
 * where an index has more ids than there are hashes, the ids without one are taken out. One healer is
 * at work at a time; one that is cut off is followed by another, which goes on where it was.
 *
 * @param store Makes a store for each step, so that each has its own time.
 * @param options `restMs` since the last healing; `again` indexes everything anew, also what an
 *   index has: fields changed by hand, and orders that were added to a collection.
 */
export async function heal(
  store: () => Store,
  { restMs, again = false, collections = allCollections(), onProgress }: HealOptions,
): Promise<Healing> {
  const healer = crypto.randomUUID()
  const healing: Healing = { indexed: 0, removed: 0, finished: false }
  const begun = await beginHealing(store(), healer, restMs)
  if (begun === undefined) return healing
  let cursor: string = again ? '0' : begun
  const whole = cursor === '0'
  const counted = new Map<Collection, number>()
  for (let step = 1; ; step++) {
    const before = healing.indexed
    const [page]: readonly [ScanPage] = await store().read(scanRead(cursor))
    for (const collection of collections) {
      const ids = idsOf(page.keys, collection)
      counted.set(collection, (counted.get(collection) ?? 0) + ids.length)
      healing.indexed += await indexMissing(store, collection, ids, again)
    }
    onProgress?.(page.keys.length)
    cursor = page.cursor
    if (cursor === '0') break
    // Indexing takes its time: it is noted at each step.
    const isDue = step % STEPS_BETWEEN_NOTES === 0 || healing.indexed > before
    if (isDue && !(await keepHealing(store(), healer, cursor))) return healing
  }
  for (const collection of collections) {
    const [size] = await store().read(indexSizeRead(collection.name))
    // A SCAN that began elsewhere has not counted everything.
    const surplus = !whole || size > (counted.get(collection) ?? 0)
    if (surplus) healing.removed += await removeGhosts(store, collection)
  }
  healing.finished = await keepHealing(store(), healer, '0')
  return healing
}

const STEPS_BETWEEN_NOTES = 10

interface HealOptions {
  restMs: number
  again?: boolean
  collections?: readonly Collection[]
  onProgress?: (keys: number) => void
}

function idsOf(names: readonly string[], { prefix }: Collection): string[] {
  return names
    .filter((name) => name.startsWith(prefix) && name.length > prefix.length)
    .map((name) => name.slice(prefix.length))
    .filter((id) => id.isWellFormed() && !id.includes('\ufffd'))
}

async function indexMissing(
  store: () => Store,
  collection: Collection,
  ids: readonly string[],
  again: boolean,
): Promise<number> {
  if (ids.length === 0) return 0
  const [missing] = again ? [ids] : await store().read(unindexedRead(collection.name, ids))
  for (let index = 0; index < missing.length; index += BATCH) {
    await indexItems(store, collection, missing.slice(index, index + BATCH))
  }
  return missing.length
}

/** Indexes items as they are stored at this moment, and takes out those that are gone. */
async function indexItems(
  store: () => Store,
  collection: Collection,
  ids: readonly string[],
): Promise<void> {
  const { names } = readerOf(collection)
  let stored: (StoredFields | undefined)[]
  try {
    stored = [...(await store().read(...ids.map((id) => itemRead(collection.prefix, id, names))))]
  } catch (error) {
    return halves(ids, error, (half) => indexItems(store, collection, half))
  }
  await applyAll(
    store,
    names,
    ids.map((id, index) => adding(collection, id, stored[index])),
  )
}

async function applyAll(
  store: () => Store,
  names: readonly string[],
  changes: readonly ItemChange[],
): Promise<void> {
  try {
    await applyItems(store(), names, changes)
  } catch (error) {
    await halves(changes, error, (half) => applyAll(store, names, half))
  }
}

/**
 * Goes on with each half of what was too much for one call. One item alone that is too much is left
 * out: it must not keep others from being listed. What the store does not do for want of itself ends
 * the healing.
 */
async function halves<each>(
  all: readonly each[],
  error: unknown,
  work: (half: readonly each[]) => Promise<void>,
): Promise<void> {
  const refused = error instanceof StoreUnavailable && /\bERR\b/.test(error.message)
  if (!refused) throw error
  if (all.length <= 1) return
  const middle = Math.ceil(all.length / 2)
  await work(all.slice(0, middle))
  await work(all.slice(middle))
}

function adding(collection: Collection, id: string, stored: StoredFields | undefined): ItemChange {
  const { names } = readerOf(collection)
  const members = membersOf(collection, id, stored)
  const indexes =
    members.length > 0
      ? members.map((each) => ({ sign: '+' as const, ...each }))
      : [{ sign: '-' as const, key: keys.index(collection.name, 'id'), member: id }]
  const expected = stored ?? names.map(() => undefined)
  return { key: keys.item(collection.prefix, id), verb: 'index', expected, indexes }
}

async function removeGhosts(store: () => Store, collection: Collection): Promise<number> {
  let removed = 0
  let after: string | undefined = ''
  while (after !== undefined) {
    const [found]: readonly [Ghosts] = await store().read(
      ghostsRead(collection.name, collection.prefix, after),
    )
    for (let index = 0; index < found.ghosts.length; index += BATCH) {
      await indexItems(store, collection, found.ghosts.slice(index, index + BATCH))
    }
    removed += found.ghosts.length
    after = found.last
  }
  return removed
}

/**
 * Mends what a list found wrong on its way, in the background: members whose hash has another value
 * by now, or none.
 */
export function repair(
  call: CollectionCall<unknown>,
  collection: Collection,
  rows: readonly ItemRow[],
): void {
  if (rows.length === 0) return
  const { names } = readerOf(collection)
  const others = [...indexesOf(collection).map(({ key }) => key), keys.words(collection.name)]
  call.background(async (store) => {
    const some = rows.slice(0, BATCH)
    await applyItems(
      store(),
      names,
      some.map((row) => mending(collection, others, row)),
    )
  })
}

/** Adds what an item's indexes should have, and takes a member out of those where it is wrong. */
function mending(collection: Collection, indexes: readonly string[], row: ItemRow): ItemChange {
  const change = adding(collection, row.id, row.fields)
  const right = new Set(change.indexes.map(({ key, member }) => `${key} ${member}`))
  const wrong = indexes
    .filter((key) => !right.has(`${key} ${row.member}`))
    .map((key) => ({ sign: '-' as const, key, member: row.member }))
  return { ...change, indexes: [...change.indexes, ...wrong] }
}

/**
 * Goes along every index of a collection and takes out what no item is behind, or another value.
 *
 * @returns How many members.
 */
export async function sweep(store: () => Store, collection: Collection): Promise<number> {
  const { names } = readerOf(collection)
  const { prefix } = collection
  const indexes = [...indexesOf(collection).map(({ key }) => key), keys.words(collection.name)]
  let swept = 0
  for (const key of indexes) {
    let min = '-'
    for (;;) {
      const walk = { key, holds: 'order' as const, min, max: '+', reversed: false }
      const [found]: readonly [ItemRows] = await store().read(
        queryRead({
          prefix,
          fields: names,
          walk,
          whole: undefined,
          afterId: '',
          smallKeyspace: 0,
          neededFields: names.length,
          limit: BATCH,
          exact: false,
          filters: [],
        }),
      )
      const wrong = found.rows.filter(({ id, member, fields }) =>
        membersOf(collection, id, fields).every(
          (each) => each.key !== key || each.member !== member,
        ),
      )
      if (wrong.length > 0) {
        await applyItems(
          store(),
          names,
          wrong.map((row) => mending(collection, [key], row)),
        )
      }
      swept += wrong.length
      if (!found.more) break
      min = `(${found.lastMember}`
    }
  }
  return swept
}

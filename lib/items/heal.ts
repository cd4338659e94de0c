import type { Collection } from '../collections/define.ts'
import type { Store } from '../store/client/store.ts'
import { CLAIM_HOLDS_MS } from '../store/index-claims.ts'
import {
  beginHealing,
  claimIndexes,
  endHealing,
  finishIndexes,
  type Ghosts,
  ghostsRead,
  indexSizeRead,
  keepHealing,
  type ScanPage,
  scanRead,
  statesRead,
} from '../store/indexes.ts'
import { keys } from '../store/keys.ts'
import { keptIndexesOf, versionOf } from './declaration.ts'
import { indexItems, indexMissing } from './index-items.ts'
import { allCollections } from './registry.ts'

export interface Healing {
  /** How many hashes were added: no index had them, or an index was being built. */
  indexed: number
  /** Ids whose hashes were gone. */
  removed: number
  /** The keys of indexes that are whole since. */
  built: string[]
  /** False when another healer was at work, or has taken over. */
  finished: boolean
}

interface HealOptions {
  /** Milliseconds since the last healing. */
  restMs: number
  /**
   * Indexes every item anew, also those that an index has: their fields may have been changed by hand.
   * Indexes that another version has just claimed are built too.
   */
  again?: boolean
  collections?: readonly Collection[]
  /** How many keys there are, where that is known. */
  keyspace?: number
  onProgress?: (keys: number) => void
  /** Called with the keys of the indexes that are being built. */
  onBuild?: (indexes: string[]) => void
}

const STEPS_BETWEEN_NOTES = 10

/**
 * Brings the indexes up to what the keyspace holds: SCAN finds the hashes that people typed, and
 * where an index has more ids than there are hashes, the ids without one are taken out. Indexes that
 * are not whole are emptied first and built on the way. One healer is at work at a time; one that is
 * cut off is followed by another, which goes on where it was.
 *
 * @param store Makes a store for each step, so that each has its own time.
 */
export async function heal(
  store: () => Store,
  {
    restMs,
    again = false,
    collections = allCollections(),
    keyspace,
    onProgress,
    onBuild,
  }: HealOptions,
): Promise<Healing> {
  const healer = crypto.randomUUID()
  const healing: Healing = { indexed: 0, removed: 0, built: [], finished: false }
  const begun = await beginHealing(store(), healer, restMs, versionOf(collections))
  if (begun === undefined) return healing
  let cursor: string = again ? '0' : begun
  const whole = cursor === '0'
  const building = await indexesToBuild(store, collections, whole, again ? 0 : CLAIM_HOLDS_MS)
  if (building.size > 0) onBuild?.([...building.values()].flat())
  const counted = new Map<Collection, number>()
  for (let step = 1; ; step++) {
    const before = healing.indexed
    const [page]: readonly [ScanPage] = await store().read(scanRead(cursor))
    for (const collection of collections) {
      const ids = idsOf(page.keys, collection)
      counted.set(collection, (counted.get(collection) ?? 0) + ids.length)
      const built = again ? 'all' : building.get(collection)
      healing.indexed += await indexPage(store, collection, ids, built)
    }
    onProgress?.(page.keys.length)
    cursor = page.cursor
    if (cursor === '0') break
    // Indexing takes long: each step tells the store that this healer is at work.
    const isDue = step % STEPS_BETWEEN_NOTES === 0 || healing.indexed > before
    if (isDue && !(await keepHealing(store(), healer, cursor))) return healing
  }
  for (const collection of collections) {
    const [size] = await store().read(indexSizeRead(collection.name))
    // A SCAN that another healer began has not counted everything.
    const surplus = !whole || size > (counted.get(collection) ?? 0)
    if (surplus) healing.removed += await removeGhosts(store, collection)
  }
  for (const collection of building.keys()) {
    healing.built.push(...(await finishIndexes(store(), healer, keptIndexesOf(collection))))
  }
  const found = healing.indexed + healing.removed
  healing.finished = await endHealing(store(), healer, found, keyspace)
  return healing
}

/**
 * The indexes that this healing builds, by collection. Those that are not whole are claimed at the
 * beginning of a SCAN; one that goes on builds what was claimed when it began.
 */
async function indexesToBuild(
  store: () => Store,
  collections: readonly Collection[],
  whole: boolean,
  holdMs: number,
): Promise<Map<Collection, string[]>> {
  const building = new Map<Collection, string[]>()
  const states = await store().read(...collections.map((each) => statesRead(keptIndexesOf(each))))
  for (const [at, collection] of collections.entries()) {
    const lacking = [...(states[at] ?? [])].filter(([, state]) => state !== 'whole')
    if (lacking.length === 0) continue
    const indexes = whole
      ? await claimIndexes(store(), keptIndexesOf(collection), holdMs)
      : lacking.filter(([, state]) => state === 'building').map(([key]) => key)
    if (indexes.length > 0) building.set(collection, indexes)
  }
  return building
}

/** Builds the indexes that are not whole, if there are any and no other healer is at work. */
export async function buildIndexes(
  store: () => Store,
  collections = allCollections(),
): Promise<void> {
  const lacking = await indexesLacking(store, collections)
  if (lacking.length > 0) await heal(store, { restMs: 0, collections })
}

/** The keys of the indexes that are not whole. */
export async function indexesLacking(
  store: () => Store,
  collections = allCollections(),
): Promise<string[]> {
  const kept = collections.map(keptIndexesOf)
  const states = await store().read(...kept.map(statesRead))
  return states.flatMap((each) =>
    [...each].flatMap(([key, state]) => (state === 'whole' ? [] : [key])),
  )
}

/**
 * Indexes what one step of SCAN has found.
 *
 * @param built The indexes that are being built; if there are none, only items without an index are indexed.
 * @returns How many items.
 */
async function indexPage(
  store: () => Store,
  collection: Collection,
  ids: readonly string[],
  built: readonly string[] | 'all' | undefined,
): Promise<number> {
  if (built === undefined) return indexMissing(store, collection, ids)
  // Only the index of ids says what is missing.
  if (built === 'all' || built.includes(keys.index(collection.name, 'id'))) {
    await indexItems(store, collection, ids)
  } else {
    await indexMissing(store, collection, ids)
    await indexItems(store, collection, ids, built)
  }
  return ids.length
}

function idsOf(names: readonly string[], { prefix }: Collection): string[] {
  return names
    .filter((name) => name.startsWith(prefix) && name.length > prefix.length)
    .map((name) => name.slice(prefix.length))
    .filter((id) => id.isWellFormed() && !id.includes('\ufffd'))
}

async function removeGhosts(store: () => Store, collection: Collection): Promise<number> {
  let removed = 0
  let after: string | undefined = ''
  while (after !== undefined) {
    const [found]: readonly [Ghosts] = await store().read(
      ghostsRead(collection.name, collection.prefix, after),
    )
    await indexItems(store, collection, found.ghosts)
    removed += found.ghosts.length
    after = found.last
  }
  return removed
}

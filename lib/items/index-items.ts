import type { Collection } from '../collections/define.ts'
import { StoreUnavailable } from '../contract/problems.ts'
import { applyItems, type ItemChange } from '../store/apply-items.ts'
import type { Store } from '../store/client/store.ts'
import { unindexedRead } from '../store/indexes.ts'
import { itemRead } from '../store/items.ts'
import { keys } from '../store/keys.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { keptIndexesOf } from './declaration.ts'
import { isThere, membersOf } from './indexing.ts'
import { readerOf } from './item.ts'

/** Items that are indexed in one call. */
export const BATCH = 100
/** Ids that are looked up in one call. */
const IDS_A_CALL = 1_000
/** An item that others keep changing is given up after so many tries. */
const MOST_TRIES = 20

/** Indexes the items whose ids the index does not have. @returns How many. */
export async function indexMissing(
  store: () => Store,
  collection: Collection,
  ids: readonly string[],
): Promise<number> {
  let missed = 0
  for (let start = 0; start < ids.length; start += IDS_A_CALL) {
    const some = ids.slice(start, start + IDS_A_CALL)
    const [missing] = await store().read(unindexedRead(collection.name, some))
    await indexItems(store, collection, missing)
    missed += missing.length
  }
  return missed
}

/**
 * Indexes items as they are stored at this moment, and takes out those that are gone.
 *
 * @param only The keys of the indexes that are to have them; all when absent.
 */
export async function indexItems(
  store: () => Store,
  collection: Collection,
  ids: readonly string[],
  only?: readonly string[],
): Promise<void> {
  for (let start = 0; start < ids.length; start += BATCH) {
    await indexBatch(store, collection, ids.slice(start, start + BATCH), only)
  }
}

/** @throws StoreUnavailable when others change an item again and again: its indexes may lack it. */
async function indexBatch(
  store: () => Store,
  collection: Collection,
  ids: readonly string[],
  only: readonly string[] | undefined,
  tries = MOST_TRIES,
): Promise<void> {
  if (ids.length === 0) return
  if (tries === 0) throw new StoreUnavailable('overtaken again and again')
  const { names } = readerOf(collection)
  let stored: (StoredFields | undefined)[]
  try {
    stored = [...(await store().read(...ids.map((id) => itemRead(collection.prefix, id, names))))]
  } catch (error) {
    return halves(ids, error, (half) => indexBatch(store, collection, half, only, tries))
  }
  const overtaken: string[] = []
  await applyAll(
    store,
    collection,
    ids.map((id, index) => ({ id, change: adding(collection, id, stored[index], only) })),
    overtaken,
  )
  // Whoever changed the item indexed only the fields that changed: the others are still missing.
  await indexBatch(store, collection, overtaken, only, tries - 1)
}

async function applyAll(
  store: () => Store,
  collection: Collection,
  changes: readonly { id: string; change: ItemChange }[],
  overtaken: string[],
): Promise<void> {
  try {
    const items = changes.map(({ change }) => change)
    const outcome = await applyItems(store(), keptIndexesOf(collection), items)
    const made = 'outcomes' in outcome ? outcome.outcomes : []
    overtaken.push(...changes.flatMap(({ id }, index) => (made[index] === 'made' ? [] : [id])))
  } catch (error) {
    await halves(changes, error, (half) => applyAll(store, collection, half, overtaken))
  }
}

/**
 * Tries each half of a batch that was too large for one call. A single item that is too large is left
 * out, so that it does not keep others from being listed. An outage of the store ends the healing.
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

/**
 * Puts an item as it was read into its indexes; one that is gone is taken out of that of ids.
 *
 * @param only As of {@link indexItems}.
 */
export function adding(
  collection: Collection,
  id: string,
  stored: StoredFields | undefined,
  only?: readonly string[],
): ItemChange {
  const indexes: ItemChange['indexes'] = isThere(stored)
    ? membersOf(collection, id, stored, only).map((each) => ({ sign: '+', ...each }))
    : [{ sign: '-', key: keys.index(collection.name, 'id'), member: id }]
  return { key: keys.item(collection.prefix, id), verb: 'index', expected: stored, indexes }
}

import type { Collection } from '../collections/define.ts'
import { StoreUnavailable } from '../contract/problems.ts'
import { applyItems, fieldsRead } from '../store/apply-items.ts'
import type { Store } from '../store/client/store.ts'
import { keys } from '../store/keys.ts'
import { keptIndexesOf } from './declaration.ts'
import { indexChanges } from './indexing.ts'
import { readerOf } from './item.ts'
import { allCollections } from './registry.ts'

/** Items that are deleted in one call. */
const BATCH = 100
/** How often an item is tried that others keep changing. */
const MOST_TRIES = 20

/** The collections whose items have an owner. */
export function ownedCollections(): readonly Collection[] {
  return allCollections().filter(({ stamps }) => stamps?.includes('owner') === true)
}

/**
 * Deletes items with their index members, whatever others change in them meanwhile.
 *
 * @param store Makes a store for each step, so that each has its own time.
 * @param itemKeys Keys of the collections' own.
 * @throws StoreUnavailable when others change an item again and again.
 */
export async function removeItems(store: () => Store, itemKeys: readonly string[]): Promise<void> {
  for (const collection of ownedCollections()) {
    const { prefix } = collection
    const own = itemKeys.filter((key) => key.startsWith(prefix))
    const ids = own.map((key) => key.slice(prefix.length))
    for (let start = 0; start < ids.length; start += BATCH) {
      await removeBatch(store, collection, ids.slice(start, start + BATCH))
    }
  }
}

async function removeBatch(
  store: () => Store,
  collection: Collection,
  ids: readonly string[],
  tries = MOST_TRIES,
): Promise<void> {
  if (ids.length === 0) return
  if (tries === 0) throw new StoreUnavailable('overtaken again and again')
  const { names } = readerOf(collection)
  const stored = await store().read(
    ...ids.map((id) => fieldsRead(keys.item(collection.prefix, id), names)),
  )
  const changes = ids.map((id, index) => ({
    key: keys.item(collection.prefix, id),
    verb: 'delete' as const,
    expected: stored[index],
    indexes: indexChanges(collection, id, stored[index], undefined),
  }))
  const outcome = await applyItems(store(), keptIndexesOf(collection), changes)
  const outcomes = 'outcomes' in outcome ? outcome.outcomes : []
  const left = ids.filter((_, index) => outcomes[index] !== 'made')
  await removeBatch(store, collection, left, tries - 1)
}

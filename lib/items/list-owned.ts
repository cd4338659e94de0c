import type { Collection } from '../collections/define.ts'
import { ok, type Result } from '../contract/problems.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/client/store.ts'
import type { Item } from './item.ts'
import { listItems } from './list.ts'
import { ownedCollections } from './owned.ts'
import type { CollectionCall, CollectionDeps } from './types.ts'

/** Where the items of owners are read. */
interface Place {
  store: Store
  log: Log
  background: CollectionCall<unknown>['background']
}

/** The largest page. */
const LIMIT = '100'

/**
 * Lists the items of an owner, by collection. A collection that cannot be filtered by owner is read whole.
 * Items from before accounts had ids name an address, which nobody is shown: they are not among them.
 *
 * @param owner The account's id.
 * @returns `service-unavailable` while an index is being built that this needs.
 */
export async function listOwned(
  place: Place,
  deps: CollectionDeps,
  owner: string,
): Promise<Result<Record<string, Item[]>, 'service-unavailable'>> {
  const all: Record<string, Item[]> = {}
  for (const collection of ownedCollections()) {
    const isFiltered = collection.filter?.some((field) => field === 'owner') === true
    const found = await readAll(place, deps, collection, isFiltered ? { owner } : {})
    if (!found.ok) return found
    const own = found.value.filter((item) => item['owner'] === owner)
    if (own.length > 0) all[collection.name] = own
  }
  return ok(all)
}

async function readAll(
  { store, log, background }: Place,
  deps: CollectionDeps,
  collection: Collection,
  query: Record<string, string>,
): Promise<Result<Item[], 'service-unavailable'>> {
  const items: Item[] = []
  const call: Omit<CollectionCall<Record<string, string>>, 'input'> = {
    ...{ store, log, background, collection },
    conditions: { ifMatch: null, ifNoneMatch: null, idempotencyKey: null },
    principal: undefined,
    isProven: () => true,
    level: () => undefined,
    read: async (read) => ok((await store.read(read))[0]),
    readAsCaller: async (read) => ok((await store.read(read))[0]),
    may: () => false,
    countMore: async () => undefined,
    documentOf: (failure) => {
      throw new TypeError(`no document of ${failure.code}`)
    },
    recall: () => undefined,
    staleBefore: 0,
  }
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const input = { ...query, limit: LIMIT, ...(cursor === undefined ? {} : { cursor }) }
    const page = await listItems.run({ ...call, input }, deps)
    if (!page.ok && page.code === 'service-unavailable') return { ...page, code: page.code }
    if (!page.ok) throw new TypeError(`items of an owner: ${page.code}`)
    items.push(...page.value.data)
    cursor = page.value.nextCursor
  }
  return ok(items)
}

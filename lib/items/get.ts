import type { Collection } from '../collections/define.ts'
import { type AccessCode, fail, ok, type Result } from '../contract/problems.ts'
import { asSent, defineOperation } from '../operation.ts'
import type { Read } from '../store/client/reply.ts'
import { type Following, followingItemRead, itemRead } from '../store/items.ts'
import { keys } from '../store/keys.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import {
  followedOf,
  type Inclusion,
  includedBy,
  isGuarded,
  refusedInclude,
  tagWith,
} from './include.ts'
import { type Item, itemTag, readerOf } from './item.ts'
import type { ItemCache } from './item-cache.ts'
import { warnOfFaults } from './item-faults.ts'
import { parseQuery, type RawQuery } from './query.ts'
import type { CollectionCall, CollectionDeps } from './types.ts'

/**
 * Reads one item: its declared fields, and nothing else of the hash.
 *
 * @returns The item, or `not-found`: absent, not a hash, or outside the collection, all alike.
 */
export const getItem = defineOperation('getItem', {
  summary: 'Read one item',
  input: asSent<RawQuery>(),
  problems: ['validation-error', 'not-found', 'precondition-failed'],
  run: async (call, deps: Pick<CollectionDeps, 'itemCache' | 'findCollection'>) => {
    const { collection } = call
    const options = { taken: ['fields', 'include'], related: deps.findCollection }
    const query = parseQuery(collection, call.input, options)
    if (!query.ok) return query
    const { fields: chosen, include } = query.value
    const id = itemId(call.id, collection)
    if (id === '') return fail('not-found', 'empty id')
    const found =
      include.length === 0
        ? await readItem(call, id, deps.itemCache)
        : await readFollowing(call, id, include)
    if (!found.ok) return found
    const { stored, ageSeconds } = found.value
    if (stored === undefined) return fail('not-found', 'no such item')
    const { item, faulty } = readerOf(collection).decode(id, stored)
    warnOfFaults(call.log, collection, faulty)
    if (item === undefined) return fail('not-found', 'item lacks required fields')
    const tag = await itemTag(collection, stored, chosen)
    const shown = choose(item, chosen)
    if (include.length === 0) {
      return ok(shown, { headers: { ETag: tag, ...caching(collection, 'get', ageSeconds) } })
    }
    const included = await includedBy(call, include, [stored], found.value.following)
    if (!included.ok) return included
    const headers = {
      ETag: await tagWith(tag, included.value),
      ...caching(collection, 'get', undefined, include),
    }
    return ok({ ...shown, included: included.value }, { headers })
  },
})

/** An item as it is stored, or as this isolate keeps it. */
interface FoundItem {
  stored: StoredFields | undefined
  following: readonly Following[]
  ageSeconds?: number
}

async function readItem(
  call: CollectionCall<unknown>,
  id: string,
  itemCache: ItemCache,
): Promise<Result<FoundItem, AccessCode>> {
  const { collection } = call
  const read = itemRead(collection.prefix, id, readerOf(collection).names)
  const { cacheSeconds = 0, livenessSeconds = 0 } = collection
  const key = keys.item(collection.prefix, id)
  const cached = itemCache.find(key, cacheSeconds, call.staleBefore)
  if (cached === undefined) {
    const stored = await readThrough(call, read, key, itemCache)
    return stored.ok ? ok({ stored: stored.value, following: [] }) : stored
  }
  call.recall(livenessSeconds)
  if (cached.stale) {
    call.background(async (store) => {
      await itemCache.read(
        key,
        () => store().read(read),
        ([found]) => found,
      )
    })
  }
  return ok({ stored: cached.stored, following: [], ageSeconds: cached.ageSeconds })
}

/** Reads an item with what it refers to, anew: what is kept of the one would be older than the others. */
async function readFollowing(
  call: CollectionCall<unknown>,
  id: string,
  include: readonly Inclusion[],
): Promise<Result<FoundItem, AccessCode | 'validation-error'>> {
  const { collection } = call
  const { names } = readerOf(collection)
  const read = followingItemRead(collection.prefix, id, names, followedOf(include, names))
  const found = isGuarded(include) ? await call.readAsCaller(read) : await call.read(read)
  if (!found.ok) return found
  return refusedInclude(call, include) ?? found
}

/** Reads an item of a collection that may be cached, and keeps it. */
function readThrough(
  { collection, read }: CollectionCall<unknown>,
  item: Read<StoredFields | undefined>,
  key: string,
  itemCache: ItemCache,
): Promise<Result<StoredFields | undefined, AccessCode>> {
  if (collection?.cacheSeconds === undefined) return read(item)
  return itemCache.read(
    key,
    () => read(item),
    (answer) => (answer.ok ? answer.value : undefined),
  )
}

/** The fields that were asked for, and the id. */
export function choose(item: Item, fields: readonly string[] | undefined): Item {
  if (fields === undefined) return item
  const chosen = Object.entries(item).filter(([name]) => name === 'id' || fields.includes(name))
  return Object.fromEntries(chosen) as Item
}

/**
 * Who may cache an answer: shared caches may keep what everybody may read, and nothing else.
 *
 * @param ageSeconds How old the item in this isolate's cache is; a cache behind it must add that age.
 * @param include What comes with it: of all of them the strictest holds.
 */
export function caching(
  { access, cacheSeconds: own = 0 }: Collection,
  action: 'list' | 'get',
  ageSeconds?: number,
  include: readonly Inclusion[] = [],
): Record<string, string> {
  if (access[action] !== 'public' || isGuarded(include)) return {}
  const cacheSeconds = Math.min(own, ...include.map(({ target }) => target.cacheSeconds ?? 0))
  if (cacheSeconds === 0) return { 'Cache-Control': 'no-cache' }
  const lifetime = `max-age=${cacheSeconds}, stale-while-revalidate=${cacheSeconds}`
  return {
    'Cache-Control': `public, ${lifetime}`,
    ...(ageSeconds === undefined ? {} : { Age: String(ageSeconds) }),
  }
}

/** An id may carry the prefix of its key: both spellings are the same item. */
export function itemId(segment: string, { prefix }: Collection): string {
  return segment.startsWith(prefix) ? segment.slice(prefix.length) : segment
}

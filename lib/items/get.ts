import type { Collection } from '../collections/define.ts'
import { type AccessCode, fail, ok, type Result } from '../contract/problems.ts'
import type { Log } from '../log.ts'
import { asSent, defineOperation } from '../operation.ts'
import type { Read } from '../store/client/reply.ts'
import { itemRead, type StoredFields } from '../store/items.ts'
import { keys } from '../store/keys.ts'
import { type Item, itemTag, readerOf } from './item.ts'
import type { ItemCache } from './item-cache.ts'
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
  run: async (call, { itemCache }: Pick<CollectionDeps, 'itemCache'>) => {
    const { collection } = call
    const query = parseQuery(collection, call.input, ['fields'])
    if (!query.ok) return query
    const reader = readerOf(collection)
    const id = itemId(call.id, collection)
    if (id === '') return fail('not-found', 'empty id')
    const read = itemRead(collection.prefix, id, reader.names)
    const { cacheSeconds = 0, livenessSeconds = 0 } = collection
    const key = keys.item(collection.prefix, id)
    const cached = itemCache.find(key, cacheSeconds, call.staleBefore)
    if (cached !== undefined) call.recall(livenessSeconds)
    if (cached?.stale === true) {
      call.background(async (store) => {
        await itemCache.read(
          key,
          () => store().read(read),
          ([found]) => found,
        )
      })
    }
    const stored =
      cached === undefined ? await readThrough(call, read, key, itemCache) : ok(cached.stored)
    if (!stored.ok) return stored
    if (stored.value === undefined) return fail('not-found', 'no such item')
    const { item, faulty } = reader.decode(id, stored.value)
    warnOfFaults(call.log, collection, faulty)
    if (item === undefined) return fail('not-found', 'item lacks required fields')
    const chosen = query.value.fields
    const tag = await itemTag(collection, stored.value, chosen)
    const headers = { ETag: tag, ...caching(collection, 'get', cached?.ageSeconds) }
    return ok(choose(item, chosen), { headers })
  },
})

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
 */
export function caching(
  { access, cacheSeconds = 0 }: Collection,
  action: 'list' | 'get',
  ageSeconds?: number,
): Record<string, string> {
  if (access[action] !== 'public') return {}
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

export function warnOfFaults(log: Log, { prefix }: Collection, faulty: string[]): void {
  if (faulty.length === 0) return
  const fields = [...new Set(faulty)].join(',')
  log('warn', 'item.fields-do-not-fit', { prefix, fields, count: faulty.length })
}

import { type AccessCode, fail, ok, type Result } from '../errors.ts'
import type { Log } from '../log.ts'
import { itemRead } from '../store/items.ts'
import type { Collection } from './define.ts'
import { type Item, itemTag, readerOf } from './item.ts'
import { parseQuery, type RawQuery } from './query.ts'
import type { CollectionCall } from './types.ts'

/**
 * Reads one item: its declared fields, and nothing else of the hash.
 *
 * @returns The item, or `not-found`: absent, not a hash, or outside the collection, all alike.
 */
export async function getItem(
  call: CollectionCall<RawQuery>,
): Promise<Result<Item, 'not-found' | 'validation-error' | AccessCode>> {
  const { collection } = call
  if (collection === undefined) return fail('not-found', 'no collection')
  const query = parseQuery(collection, call.input, ['fields'])
  if (!query.ok) return query
  const reader = readerOf(collection)
  const id = itemId(call.id ?? '', collection)
  if (id === '') return fail('not-found', 'empty id')
  const stored = await call.read(itemRead(collection.prefix, id, reader.names))
  if (!stored.ok) return stored
  if (stored.value === undefined) return fail('not-found', 'no such item')
  const { item, faulty } = reader.decode(id, stored.value)
  warnOfFaults(call.log, collection, faulty)
  if (item === undefined) return fail('not-found', 'item lacks required fields')
  const chosen = query.value.fields
  const tag = await itemTag(stored.value, chosen)
  return ok(choose(item, chosen), { headers: { ETag: tag, ...caching(collection, 'get') } })
}

/** The fields that were asked for, and the id. */
export function choose(item: Item, fields: readonly string[] | undefined): Item {
  if (fields === undefined) return item
  const chosen = Object.entries(item).filter(([name]) => name === 'id' || fields.includes(name))
  return Object.fromEntries(chosen) as Item
}

/** Who may keep an answer: anyone, what everybody may read; nobody else. */
export function caching(
  { access, cacheSeconds = 0 }: Collection,
  action: 'list' | 'get',
): Record<string, string> {
  if (access[action] !== 'public') return {}
  return { 'Cache-Control': cacheSeconds > 0 ? `public, max-age=${cacheSeconds}` : 'no-cache' }
}

/** `/api/movies/movie:Pulp%20Fiction` is the same item as `/api/movies/Pulp%20Fiction`. */
export function itemId(segment: string, { prefix }: Collection): string {
  return segment.startsWith(prefix) ? segment.slice(prefix.length) : segment
}

export function warnOfFaults(log: Log, { prefix }: Collection, faulty: string[]): void {
  if (faulty.length === 0) return
  const fields = [...new Set(faulty)].join(',')
  log('warn', 'item.fields-do-not-fit', { prefix, fields, count: faulty.length })
}

export const getItemCase = { run: getItem }

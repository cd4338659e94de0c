import type * as z from 'zod/mini'
import { type AccessCode, fail, ok, type Result } from '../errors.ts'
import type { Log } from '../log.ts'
import { listQuery, nextCursor, pageOf } from '../paging.ts'
import { itemRead, pageRead } from '../store/items.ts'
import type { Read } from '../store/reply.ts'
import type { Collection } from './define.ts'
import { type Item, readerOf } from './item.ts'

/** One request as a read sees it. */
export interface ReadCall<query> {
  collection: Collection | undefined
  /** The decoded path segment. */
  id: string | undefined
  input: query
  log: Log
  /** Reads in the round trip that also learns whether the caller's session lives. */
  read<value>(read: Read<value>): Promise<Result<value, AccessCode>>
}

/** The items of one page; `nextCursor` is null after the last. */
export interface Page {
  data: Item[]
  nextCursor: string | null
}

/**
 * Reads one item: its declared fields, and nothing else of the hash.
 *
 * @returns The item, or `not-found`: absent, not a hash, or outside the collection, all alike.
 */
export async function getItem(
  call: ReadCall<undefined>,
): Promise<Result<Item, 'not-found' | AccessCode>> {
  const { collection } = call
  if (collection === undefined) return fail('not-found', 'no collection')
  const reader = readerOf(collection)
  const id = itemId(call.id ?? '', collection)
  if (id === '') return fail('not-found', 'empty id')
  const stored = await call.read(itemRead(collection.prefix, id, reader.names))
  if (!stored.ok) return stored
  if (stored.value === undefined) return fail('not-found', 'no such item')
  const { item, faulty } = reader.decode(id, stored.value)
  warnOfFaults(call.log, collection, faulty)
  return item === undefined ? fail('not-found', 'item lacks required fields') : ok(item)
}

/**
 * Lists a collection by id, in the order of the ids' UTF-8 bytes, each item once.
 *
 * @returns A page of at most `limit` items. A hash that lacks required fields is left out, so that
 *   a page may be shorter and still not be the last.
 */
export async function listItems(
  call: ReadCall<z.output<typeof listQuery>>,
): Promise<Result<Page, 'not-found' | AccessCode>> {
  const { collection, input } = call
  if (collection === undefined) return fail('not-found', 'no collection')
  const reader = readerOf(collection)
  const stored = await call.read(pageRead(collection.prefix, reader.names, pageOf(input)))
  if (!stored.ok) return stored

  const faults: string[] = []
  const data: Item[] = []
  for (const { id, fields } of stored.value.items) {
    const { item, faulty } = reader.decode(id, fields)
    faults.push(...faulty)
    if (item !== undefined) data.push(item)
  }
  warnOfFaults(call.log, collection, faults)
  return ok({ data, nextCursor: nextCursor(stored.value) })
}

/** `/api/movies/movie:Pulp%20Fiction` is the same item as `/api/movies/Pulp%20Fiction`. */
function itemId(segment: string, { prefix }: Collection): string {
  return segment.startsWith(prefix) ? segment.slice(prefix.length) : segment
}

function warnOfFaults(log: Log, { prefix }: Collection, faulty: string[]): void {
  if (faulty.length === 0) return
  const fields = [...new Set(faulty)].join(',')
  log('warn', 'item.fields-do-not-fit', { prefix, fields, count: faulty.length })
}

export const getItemCase = { run: getItem }
export const listItemsCase = { input: listQuery, run: listItems }

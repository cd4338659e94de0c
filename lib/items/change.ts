import type { Collection, Stamp } from '../collections/define.ts'
import { LEVELS } from '../contract/access.ts'
import { type AccessCode, fail, ok, type Result, StoreUnavailable } from '../contract/problems.ts'
import { namesStrongly, namesWeakly } from '../entity-tags.ts'
import {
  applyItems,
  type ItemChange,
  itemRead,
  type Once,
  type StoredFields,
} from '../store/items.ts'
import { keys } from '../store/keys.ts'
import { keptIndexesOf } from './declaration.ts'
import { itemId } from './get.ts'
import { indexChanges } from './indexing.ts'
import { type Item, itemTag, readerOf } from './item.ts'
import type { CollectionCall, CollectionDeps, ItemCall } from './types.ts'
import { type Fields, parseId } from './write-input.ts'

/** What a change of an item can fail with. */
export type WriteCode =
  | 'not-found'
  | 'validation-error'
  | 'invalid-request'
  | 'conflict'
  | 'precondition-failed'
  | AccessCode

/** How often a change is tried while others change the same item. */
const MOST_TRIES = 20

/** What is known of an item before it is changed. */
interface Current {
  stored: StoredFields | undefined
  /** Undefined also for a hash that lacks what an item must have. */
  item: Item | undefined
}

/** The answer for an item that is new. */
export async function created(
  collection: Collection,
  item: Item,
  stored: StoredFields,
): Promise<Result<Item>> {
  const headers = {
    ETag: await itemTag(collection, stored, undefined),
    Location: locationOf(collection, item.id),
  }
  return ok(item, { status: 201, headers })
}

function locationOf({ name, prefix }: Collection, id: string): string {
  // An id that begins like a key would lose that beginning on its way back.
  const segment = id.startsWith(prefix) ? `${prefix}${id}` : id
  return `/api/${name}/${encodeURIComponent(segment)}`
}

/**
 * Reads an item, works out what it becomes, and writes that if the item is still the same; otherwise it
 * begins again. `undefined` deletes the item.
 *
 * @throws StoreUnavailable when others change the item again and again: the client may retry.
 */
export async function change(
  call: ItemCall<unknown>,
  deps: CollectionDeps,
  action: 'update' | 'delete',
  become: (
    collection: Collection,
    id: string,
    current: Current,
  ) => Result<StoredFields | undefined, WriteCode>,
): Promise<Result<Item, WriteCode>> {
  const { collection } = call
  const id = itemId(call.id, collection)
  if (!parseId(id).ok) return fail('not-found', 'no item can have this id')
  const { names, decode } = readerOf(collection)
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const read = await call.read(itemRead(collection.prefix, id, names))
    if (!read.ok) return read
    const there = read.value?.some((value) => value !== undefined) === true
    const stored = there ? read.value : undefined
    if (!mayChange(call, collection, action, stored)) return fail('not-found', 'not theirs')
    const condition = await judgeConditions(call, collection, stored)
    if (condition !== undefined) return condition
    const item = stored === undefined ? undefined : decode(id, stored).item
    const next = become(collection, id, { stored, item })
    if (!next.ok) return next
    const fresh = next.value === undefined ? undefined : decode(id, next.value).item
    if (next.value !== undefined && fresh === undefined) {
      const errors = [{ pointer: '#', message: 'is not yet what an item must be' }]
      return fail('validation-error', 'would not be readable', { errors })
    }
    const outcome = await apply(call, collection, deps, {
      key: keys.item(collection.prefix, id),
      verb: next.value === undefined ? 'delete' : 'set',
      expected: stored ?? names.map(() => undefined),
      ...(next.value === undefined ? {} : { next: next.value }),
      indexes: indexChanges(collection, id, stored, next.value),
    })
    if (!('made' in outcome) || outcome.taken) return fail('conflict', 'a key of another type')
    if (outcome.made[0] !== true) continue
    if (next.value === undefined || fresh === undefined) return ok({ id })
    if (stored === undefined) return created(collection, fresh, next.value)
    return ok(fresh, { headers: { ETag: await itemTag(collection, next.value, undefined) } })
  }
  throw new StoreUnavailable('overtaken again and again')
}

/** Writes a change and removes the item from the cache, also when the answer was lost. */
export async function apply(
  { store }: CollectionCall<unknown>,
  collection: Collection,
  { itemCache }: CollectionDeps,
  change: ItemChange,
  once?: Once,
): ReturnType<typeof applyItems> {
  try {
    return await applyItems(store, keptIndexesOf(collection), [change], once)
  } finally {
    itemCache.forget(change.key)
  }
}

/** If only its owner may change an item, others get the answer of a missing item. */
function mayChange(
  call: CollectionCall<unknown>,
  collection: Collection,
  action: 'update' | 'delete',
  stored: StoredFields | undefined,
): boolean {
  const { access, stamps } = collection
  if (stored === undefined || access[action] !== 'owner') return true
  const owner = stored[readerOf(collection).names.indexOf('owner')]
  const { principal } = call
  // Items from before accounts had ids name the address.
  const isOwner =
    stamps?.includes('owner') === true &&
    principal !== undefined &&
    (owner === principal.accountId || owner === principal.userId)
  return isOwner || (call.level() ?? 0) >= LEVELS.admin
}

/** @returns A failure when a condition does not hold (RFC 9110 §13.2.2). */
async function judgeConditions(
  { conditions: { ifMatch, ifNoneMatch } }: CollectionCall<unknown>,
  collection: Collection,
  stored: StoredFields | undefined,
): Promise<Result<never, 'precondition-failed'> | undefined> {
  const tag = stored === undefined ? undefined : await itemTag(collection, stored, undefined)
  if (ifMatch !== null && !namesStrongly(ifMatch, tag)) {
    return fail('precondition-failed', 'If-Match')
  }
  if (ifNoneMatch !== null && namesWeakly(ifNoneMatch, tag)) {
    return fail('precondition-failed', 'If-None-Match')
  }
  return undefined
}

/** Fields with what the server sets: of an item that is there before, see {@link keepStamps}. */
export function stamped(
  { stamps = [] }: Collection,
  fields: Fields,
  { principal }: CollectionCall<unknown>,
  { now }: CollectionDeps,
): Fields {
  const time = new Date(now()).toISOString()
  const values: Record<Stamp, unknown> = {
    owner: principal?.accountId,
    createdAt: time,
    updatedAt: time,
  }
  return { ...fields, ...Object.fromEntries(stamps.map((stamp) => [stamp, values[stamp]])) }
}

/**
 * What the server has set stays as it is stored, but for the time of the last change.
 *
 * @param next With what the server sets at this moment: see {@link stamped}.
 */
export function keepStamps(
  collection: Collection,
  stored: StoredFields | undefined,
  next: StoredFields,
): StoredFields {
  const stamps: readonly string[] = collection.stamps ?? []
  const { names } = readerOf(collection)
  return names.map((name, index) => {
    const stays = stamps.includes(name) && name !== 'updatedAt'
    return stays ? (stored?.[index] ?? next[index]) : next[index]
  })
}

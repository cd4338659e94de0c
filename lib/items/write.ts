import * as z from 'zod/mini'
import type { Collection } from '../collections/define.ts'
import { LEVELS } from '../contract/access.ts'
import { type AccessCode, fail, ok, type Result, StoreUnavailable } from '../contract/problems.ts'
import { namesStrongly, namesWeakly } from '../entity-tags.ts'
import { sha256 } from '../hash.ts'
import { asSent, defineOperation } from '../operation.ts'
import {
  applyItems,
  type ItemChange,
  itemRead,
  type Once,
  type StoredFields,
} from '../store/items.ts'
import { keys } from '../store/keys.ts'
import { MOST_FAULTS } from '../validation.ts'
import { keptIndexesOf } from './declaration.ts'
import { itemId } from './get.ts'
import { indexChanges } from './indexing.ts'
import { type Item, itemTag, readerOf } from './item.ts'
import type { CollectionCall, CollectionDeps, ItemCall } from './types.ts'
import {
  type Fields,
  parseFields,
  parseId,
  prefixMessage,
  refusedName,
  storedOf,
} from './write-input.ts'

type WriteCode =
  | 'not-found'
  | 'validation-error'
  | 'invalid-request'
  | 'conflict'
  | 'precondition-failed'
  | AccessCode

/** How often a change is tried while others change the same item. */
const MOST_TRIES = 20
/** How long a repeated request is known, in milliseconds. */
const IDEMPOTENCY_TTL_MS = 86_400_000

/** What is known of an item before it is changed. */
interface Current {
  stored: StoredFields | undefined
  /** Undefined also for a hash that lacks what an item must have. */
  item: Item | undefined
}

/**
 * Makes an item, under the id of the body or one of its own.
 *
 * @returns 201 with `Location`; `conflict` when there is one already. With an `Idempotency-Key` a
 *   repeat is answered as the first was, and makes nothing.
 * @see draft-ietf-httpapi-idempotency-key-header
 */
export const createItem = defineOperation('createItem', {
  summary: 'Make an item',
  input: asSent<unknown>(),
  problems: ['validation-error', 'invalid-request', 'not-found', 'conflict'],
  run: async (call, deps: CollectionDeps) => {
    const { collection } = call
    const parsed = parseFields(collection, call.input, { withId: true })
    if (!parsed.ok) return parsed
    const key = call.conditions.idempotencyKey
    if (key !== null && !/^[\x21-\x7e]{1,255}$/.test(key)) {
      const detail = 'Idempotency-Key is 1 to 255 visible ASCII characters.'
      return fail('invalid-request', 'idempotency key', { detail })
    }
    const { principal } = call
    if (key !== null && principal === undefined) {
      // Without a caller, one client's key would be answered with an item that another client made.
      const detail =
        'An Idempotency-Key needs a credential: without one there is nobody to remember.'
      return fail('invalid-request', 'idempotency key of nobody', { detail })
    }
    const { id: given, ...fields } = parsed.value
    const id = typeof given === 'string' ? given : deps.randomId()
    const { names, decode } = readerOf(collection)
    const next = storedOf(collection, stamped(collection, fields, call, deps))
    const { item } = decode(id, next)
    if (item === undefined) return fail('conflict', 'an item that could not be read')

    const request = await sha256(JSON.stringify(call.input))
    const once =
      key === null
        ? undefined
        : {
            key: keys.idempotency(
              await sha256(JSON.stringify([principal?.accountId, collection.name, key])),
            ),
            kept: JSON.stringify({ request, id, stored: next.map((value) => value ?? null) }),
            ttlMs: IDEMPOTENCY_TTL_MS,
          }
    const change: ItemChange = {
      key: keys.item(collection.prefix, id),
      verb: 'set',
      expected: names.map(() => undefined),
      next,
      indexes: indexChanges(collection, id, undefined, next),
    }
    const outcome = await apply(call, collection, deps, change, once)
    if ('repeated' in outcome) return repeated(collection, outcome.repeated, request)
    if (outcome.made[0] !== true) return fail('conflict', 'there is one already')
    return created(collection, item, next)
  },
})

/** Answers a repeated request as the first was answered. */
async function repeated(
  collection: Collection,
  kept: string,
  request: string,
): Promise<Result<Item, 'validation-error' | 'conflict'>> {
  const before = KEPT.parse(JSON.parse(kept))
  if (before.request !== request) {
    const errors = [
      { pointer: '#', message: 'is another body than the first of this Idempotency-Key' },
    ]
    return fail('validation-error', 'idempotency key used again', { errors })
  }
  const stored = before.stored.map((value) => value ?? undefined)
  const { item } = readerOf(collection).decode(before.id, stored)
  if (item === undefined) return fail('conflict', 'an item that could not be read')
  return created(collection, item, stored)
}

const KEPT = z.object({
  request: z.string(),
  id: z.string(),
  stored: z.array(z.nullable(z.string())),
})

async function created(
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

/** Puts an item in the place of another, or where there is none. What the server set stays. */
export const replaceItem = defineOperation('replaceItem', {
  summary: 'Replace an item, or make it under this id',
  input: asSent<unknown>(),
  problems: ['validation-error', 'invalid-request', 'not-found', 'conflict', 'precondition-failed'],
  run: async (call, deps: CollectionDeps) => {
    return change(call, deps, 'update', (collection, id, { stored, item }) => {
      const parsed = parseFields(collection, call.input, { id, ...(item ? { item } : {}) })
      if (!parsed.ok) return parsed
      if (stored === undefined && id.startsWith(collection.prefix)) {
        const errors = [{ pointer: '#/id', message: prefixMessage(collection) }]
        return fail('validation-error', 'id begins with the prefix', { errors })
      }
      const { id: _, ...fields } = parsed.value
      const next = storedOf(collection, stamped(collection, fields, call, deps))
      return ok(keepStamps(collection, stored, next))
    })
  },
})

/** Changes some fields of an item; null takes one away (RFC 7396). The others stay as they are stored. */
export const patchItem = defineOperation('patchItem', {
  summary: 'Change some fields of an item; null takes one away',
  input: asSent<unknown>(),
  problems: ['validation-error', 'invalid-request', 'not-found', 'conflict', 'precondition-failed'],
  run: async (call, deps: CollectionDeps) => {
    const { input } = call
    return change(call, deps, 'update', (collection, id, { stored, item }) => {
      if (stored === undefined) return fail('not-found', 'no such item')
      if (typeof input !== 'object' || input === null || Array.isArray(input)) {
        const errors = [{ pointer: '#', message: 'is not of type object' }]
        return fail('validation-error', 'no object', { errors })
      }
      const patch = new Map<string, unknown>(Object.entries(input))
      const { names, readable } = readerOf(collection)
      const stamps: readonly string[] = collection.stamps ?? []
      const errors = [...patch]
        .filter(
          ([name, value]) => value === null && (stamps.includes(name) || !names.includes(name)),
        )
        .map(([name]) => refusedName(collection, name))
      if (errors.length > 0) {
        const some = errors.slice(0, MOST_FAULTS)
        return fail('validation-error', `${errors.length} faults`, { errors: some })
      }
      const own = readable(stored).filter(([name]) => !stamps.includes(name))
      const merged = new Map<string, unknown>([...own, ...patch])
      const body = Object.fromEntries([...merged].filter(([, value]) => value !== null))
      const parsed = parseFields(collection, body, { id, ...(item ? { item } : {}) })
      if (!parsed.ok) return parsed
      const { id: _, ...fields } = parsed.value
      const changed = storedOf(collection, fields)
      const next = names.map((name, index) => (patch.has(name) ? changed[index] : stored[index]))
      return ok(keepStamps(collection, stored, next))
    })
  },
})

/** Deletes an item and its index members. */
export const deleteItem = defineOperation('deleteItem', {
  summary: 'Delete an item',
  problems: ['validation-error', 'invalid-request', 'not-found', 'conflict', 'precondition-failed'],
  run: async (call, deps: CollectionDeps) => {
    const outcome = await change(call, deps, 'delete', (_, __, { stored }) =>
      stored === undefined ? fail('not-found', 'no such item') : ok(undefined),
    )
    return outcome.ok ? ok(undefined) : outcome
  },
})

/**
 * Reads an item, works out what it becomes, and writes that if the item is still the same; otherwise it
 * begins again. `undefined` deletes the item.
 *
 * @throws StoreUnavailable when others change the item again and again: the client may retry.
 */
async function change(
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
async function apply(
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

function stamped(
  { stamps = [] }: Collection,
  fields: Fields,
  { principal }: CollectionCall<unknown>,
  { now }: CollectionDeps,
): Fields {
  const values: Record<string, unknown> = {
    owner: principal?.accountId,
    createdAt: new Date(now()).toISOString(),
  }
  return { ...fields, ...Object.fromEntries(stamps.map((stamp) => [stamp, values[stamp]])) }
}

/** What the server has set stays as it is stored. */
function keepStamps(
  collection: Collection,
  stored: StoredFields | undefined,
  next: StoredFields,
): StoredFields {
  const stamps: readonly string[] = collection.stamps ?? []
  const { names } = readerOf(collection)
  return names.map((name, index) =>
    stamps.includes(name) ? (stored?.[index] ?? next[index]) : next[index],
  )
}

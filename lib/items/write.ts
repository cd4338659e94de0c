import * as z from 'zod/mini'
import type { Collection } from '../collections/define.ts'
import { fail, ok, type Result } from '../contract/problems.ts'
import { sha256 } from '../hash.ts'
import { asSent, defineOperation } from '../operation.ts'
import { keys } from '../store/keys.ts'
import { created, settleOne } from './change.ts'
import { type Item, readerOf } from './item.ts'
import type { CollectionDeps } from './types.ts'
import { creation, deletion, merging, replacement } from './wants.ts'

/** How long a repeated request is known, in milliseconds. */
const IDEMPOTENCY_TTL_MS = 86_400_000

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
  problems: ['validation-error', 'invalid-request', 'not-found', 'conflict', 'service-unavailable'],
  run: async (call, deps: CollectionDeps) => {
    const { collection, principal } = call
    const want = creation(call, deps, call.input)
    if (!want.ok) return want
    const key = call.conditions.idempotencyKey
    if (key === null) return settleOne(call, deps, want.value)
    if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
      const detail = 'Idempotency-Key is 1 to 255 visible ASCII characters.'
      return fail('invalid-request', 'idempotency key', { detail })
    }
    if (principal === undefined) {
      // Without a caller, one client's key would be answered with an item that another client made.
      const detail =
        'An Idempotency-Key needs a credential: without one there is nobody to remember.'
      return fail('invalid-request', 'idempotency key of nobody', { detail })
    }
    const { id, stored } = want.value
    const request = await sha256(JSON.stringify(call.input))
    return settleOne(call, deps, want.value, {
      key: keys.idempotency(
        await sha256(JSON.stringify([principal.accountId, collection.name, key])),
      ),
      kept: JSON.stringify({ request, id, stored: stored.map((value) => value ?? null) }),
      ttlMs: IDEMPOTENCY_TTL_MS,
      repeated: (kept) => repeated(collection, kept, request),
    })
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

const CHANGE_PROBLEMS = [
  'validation-error',
  'invalid-request',
  'not-found',
  'conflict',
  'precondition-failed',
  'service-unavailable',
] as const

/** Puts an item in the place of another, or where there is none. What the server set stays. */
export const replaceItem = defineOperation('replaceItem', {
  summary: 'Replace an item, or make it under this id',
  input: asSent<unknown>(),
  problems: CHANGE_PROBLEMS,
  run: async (call, deps: CollectionDeps) =>
    settleOne(call, deps, replacement(call, deps, call.id, call.input)),
})

/** Changes some fields of an item; null takes one away (RFC 7396). The others stay as they are stored. */
export const patchItem = defineOperation('patchItem', {
  summary: 'Change some fields of an item; null takes one away',
  input: asSent<unknown>(),
  problems: CHANGE_PROBLEMS,
  run: async (call, deps: CollectionDeps) =>
    settleOne(call, deps, merging(call, deps, call.id, call.input)),
})

/** Deletes an item and its index members. */
export const deleteItem = defineOperation('deleteItem', {
  summary: 'Delete an item',
  problems: CHANGE_PROBLEMS,
  run: async (call, deps: CollectionDeps) => {
    const outcome = await settleOne(call, deps, deletion(call, call.id))
    return outcome.ok ? ok(undefined) : outcome
  },
})

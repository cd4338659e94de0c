import * as z from 'zod/mini'
import type { Collection } from '../collections/define.ts'
import { fail, ok, type Result } from '../contract/problems.ts'
import { sha256 } from '../hash.ts'
import { asSent, defineOperation } from '../operation.ts'
import type { ItemChange } from '../store/items.ts'
import { keys } from '../store/keys.ts'
import { MOST_FAULTS } from '../validation.ts'
import { apply, change, created, keepStamps, stamped } from './change.ts'
import { indexChanges } from './indexing.ts'
import { type Item, readerOf } from './item.ts'
import { mergePatch } from './merge-patch.ts'
import type { CollectionDeps } from './types.ts'
import { parseFields, prefixMessage, refusedName, storedOf } from './write-input.ts'

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
      const { names, fields, readable } = readerOf(collection)
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
      const own = new Map(readable(stored).filter(([name]) => !stamps.includes(name)))
      for (const [name, value] of patch) {
        const field = fields.find((each) => each.name === name)
        // Null is a value where a field can be null, and takes any other field away.
        if (value === null && field?.isNullable !== true) own.delete(name)
        else own.set(name, field?.kind === 'json' ? mergePatch(own.get(name), value) : value)
      }
      const body = Object.fromEntries(own)
      const parsed = parseFields(collection, body, { id, ...(item ? { item } : {}) })
      if (!parsed.ok) return parsed
      const { id: _, ...given } = parsed.value
      const changed = storedOf(collection, stamped(collection, given, call, deps))
      const next = names.map((name, index) =>
        patch.has(name) || name === 'updatedAt' ? changed[index] : stored[index],
      )
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

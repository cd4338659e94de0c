import { fail, ok, type Result } from '../contract/problems.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { MOST_FAULTS } from '../validation.ts'
import type { Want, WriteCode } from './change.ts'
import { itemId } from './get.ts'
import { readerOf } from './item.ts'
import { isNullWanted, mergePatch } from './merge-patch.ts'
import { keepStamps, stamped } from './stamps.ts'
import type { CollectionCall, CollectionDeps } from './types.ts'
import { parseFields, prefixMessage, refusedName, storedOf } from './write-input.ts'

type Call = CollectionCall<unknown>
type Needs = Pick<CollectionDeps, 'now' | 'randomId'>

/** An item that is to be made, under the id of the body or one of its own. */
export interface NewItem extends Want {
  action: 'create'
  stored: StoredFields
}

export function creation(
  call: Call,
  deps: Needs,
  body: unknown,
): Result<NewItem, 'validation-error' | 'conflict'> {
  const { collection } = call
  const parsed = parseFields(collection, body, { withId: true })
  if (!parsed.ok) return parsed
  const { id: given, ...fields } = parsed.value
  const id = typeof given === 'string' ? given : deps.randomId()
  const stored = storedOf(collection, stamped(collection, fields, call, deps))
  const { item } = readerOf(collection).decode(id, stored)
  if (item === undefined) return fail('conflict', 'an item that could not be read')
  return ok({ id, action: 'create', stored, become: () => ok(stored) })
}

/** An item that takes the place of another, or a new one. What the server set stays. */
export function replacement(call: Call, deps: Needs, segment: string, body: unknown): Want {
  const { collection, conditions } = call
  const id = itemId(segment, collection)
  return {
    ...{ id, action: 'update', conditions },
    become: ({ stored, item }) => {
      const parsed = parseFields(collection, body, { id, ...(item ? { item } : {}) })
      if (!parsed.ok) return parsed
      if (stored === undefined && id.startsWith(collection.prefix)) {
        const errors = [{ pointer: '#/id', message: prefixMessage(collection) }]
        return fail('validation-error', 'id begins with the prefix', { errors })
      }
      const { id: _, ...fields } = parsed.value
      const next = storedOf(collection, stamped(collection, fields, call, deps))
      return ok(keepStamps(collection, stored, next))
    },
  }
}

/** Some fields of an item that are to change; the others stay as they are stored. */
export function merging(call: Call, deps: Needs, segment: string, body: unknown): Want {
  const { collection, conditions } = call
  const id = itemId(segment, collection)
  return {
    ...{ id, action: 'update', conditions },
    become: ({ stored, item }) => {
      if (stored === undefined) return fail('not-found', 'no such item')
      const patch = patchOf(call, body)
      if (!patch.ok) return patch
      const { names, fields, readable } = readerOf(collection)
      const stamps: readonly string[] = collection.stamps ?? []
      const own = new Map(readable(stored).filter(([name]) => !stamps.includes(name)))
      for (const [name, value] of patch.value) {
        const field = fields.find((each) => each.name === name)
        // Null is a value where a field can be null, and takes any other field away.
        const goes = value === null && field?.isNullable !== true && !isNullWanted(field?.schema)
        if (goes) own.delete(name)
        else if (field?.kind !== 'json') own.set(name, value)
        else own.set(name, mergePatch(own.get(name), value, field.schema))
      }
      const parsed = parseFields(collection, Object.fromEntries(own), {
        id,
        ...(item ? { item } : {}),
      })
      if (!parsed.ok) return parsed
      const { id: _, ...given } = parsed.value
      const changed = storedOf(collection, stamped(collection, given, call, deps))
      const next = names.map((name, index) =>
        patch.value.has(name) || name === 'updatedAt' ? changed[index] : stored[index],
      )
      return ok(keepStamps(collection, stored, next))
    },
  }
}

/** The members of a patch; a name that no client writes is refused, also with null. */
function patchOf({ collection }: Call, body: unknown): Result<Map<string, unknown>, WriteCode> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const errors = [{ pointer: '#', message: 'is not of type object' }]
    return fail('validation-error', 'no object', { errors })
  }
  const patch = new Map<string, unknown>(Object.entries(body))
  const { names } = readerOf(collection)
  const stamps: readonly string[] = collection.stamps ?? []
  const errors = [...patch]
    .filter(([name, value]) => value === null && (stamps.includes(name) || !names.includes(name)))
    .map(([name]) => refusedName(collection, name))
  if (errors.length === 0) return ok(patch)
  const some = errors.slice(0, MOST_FAULTS)
  return fail('validation-error', `${errors.length} faults`, { errors: some })
}

/** An item that is to go. */
export function deletion({ collection, conditions }: Call, segment: string): Want {
  return {
    ...{ id: itemId(segment, collection), action: 'delete', conditions },
    become: ({ stored }) =>
      stored === undefined ? fail('not-found', 'no such item') : ok(undefined),
  }
}

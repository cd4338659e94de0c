import type { Collection } from '../collections/define.ts'
import { fail, type InputFault, ok, type Result } from '../contract/problems.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { listed, MOST_FAULTS, notAmong, pointer } from '../validation.ts'
import { accept, storedText } from './field.ts'
import { type Item, readerOf } from './item.ts'

/** The fields of an item by name; without a prototype, so that every name is one. */
export type Fields = Record<string, unknown>

const LONGEST_ID = 256

/** Whether a text can be an item's id: it must fit into one segment of a URL's path. */
export function parseId(id: string): Result<string, 'validation-error'> {
  const message =
    id === '' || (id.length > LONGEST_ID && [...id].length > LONGEST_ID)
      ? `has 1 to ${LONGEST_ID} characters`
      : id === '.' || id === '..'
        ? 'is reserved: . and .. mean something else in a path'
        : id.isWellFormed() && !id.includes('\ufffd')
          ? undefined
          : 'is not well-formed Unicode'
  if (message === undefined) return ok(id)
  return fail('validation-error', 'id', { errors: [{ pointer: '#/id', message }] })
}

/**
 * Reads the fields of an item from a body: every declared field that the server does not set, and
 * none besides.
 *
 * @param options `withId` lets the body name the id; with `id` it may repeat that one, and with
 *   `item` what the server has set.
 */
export function parseFields(
  collection: Collection,
  body: unknown,
  options: { withId?: true; id?: string; item?: Item },
): Result<Fields, 'validation-error'> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return faulty([{ pointer: '#', message: 'is not of type object' }])
  }
  const given = new Map<string, unknown>(Object.entries(body))
  const faults: InputFault[] = []
  const fields: [string, unknown][] = []
  let isKept = false
  const id = given.get('id')
  given.delete('id')
  if (id !== undefined) {
    const named = typeof id === 'string' ? parseId(id) : undefined
    if (named === undefined) faults.push({ pointer: '#/id', message: 'is not of type string' })
    else if (!named.ok) faults.push(...(named.errors ?? []))
    else if (options.withId === true && named.value.startsWith(collection.prefix))
      faults.push({ pointer: '#/id', message: prefixMessage(collection) })
    else if (options.withId === undefined && options.id !== named.value)
      faults.push({ pointer: '#/id', message: 'is not the id of the path' })
    else if (options.withId === true) fields.push(['id', named.value])
  }
  const stamps: readonly string[] = collection.stamps ?? []
  for (const field of readerOf(collection).fields) {
    const { name } = field
    if (stamps.includes(name)) {
      if (options.item !== undefined && given.get(name) === options.item[name]) given.delete(name)
      continue
    }
    const value = given.get(name)
    given.delete(name)
    const parsed = accept(field, value)
    if (!parsed.ok) faults.push(...at(name, parsed.errors ?? [], value === undefined))
    else if (parsed.value !== undefined) {
      fields.push([name, parsed.value])
      // Null is nothing stored: it makes an item where the server has something to store.
      isKept ||= stamps.length > 0 || storedText(field, parsed.value) !== undefined
    }
  }
  for (const name of given.keys()) faults.push(refusedName(collection, name))
  if (faults.length > 0) return faulty(faults)
  if (!isKept)
    return faulty([
      { pointer: '#', message: `has none of the fields ${listed(ownNames(collection))}` },
    ])
  return ok(Object.fromEntries(fields))
}

/** Says of a name in a body that a client cannot write it: the server does, or nobody. */
export function refusedName(collection: Collection, name: string): InputFault {
  const stamps: readonly string[] = collection.stamps ?? []
  const message = stamps.includes(name)
    ? 'is set by the server'
    : notAmong(['id', ...ownNames(collection)])
  return { pointer: pointer([name]), message }
}

/** The fields that clients write. */
function ownNames(collection: Collection): string[] {
  const stamps: readonly string[] = collection.stamps ?? []
  return readerOf(collection).names.filter((name) => !stamps.includes(name))
}

/** Says of an id that it begins like a key. */
export function prefixMessage({ prefix }: Collection): string {
  return `begins with ${prefix}, as keys do: an id is what follows`
}

/** The fields of a hash in the order of their declaration, as text. */
export function storedOf(collection: Collection, fields: Fields): StoredFields {
  return readerOf(collection).fields.map((field) =>
    Object.hasOwn(fields, field.name) ? storedText(field, fields[field.name]) : undefined,
  )
}

function at(name: string, faults: readonly InputFault[], missing: boolean): InputFault[] {
  return faults.map((fault) => ({
    pointer: `${pointer([name])}${fault.pointer.slice(1)}`,
    message: missing ? 'is required' : fault.message,
  }))
}

function faulty(faults: readonly InputFault[]): Result<never, 'validation-error'> {
  const errors = faults.slice(0, MOST_FAULTS)
  return fail('validation-error', `${faults.length} faults`, { errors })
}

import type { Collection } from '../collections/define.ts'
import { type Failure, fail, ok, type Result } from '../contract/problems.ts'
import { sha256 } from '../hash.ts'
import { type Followed, type Following, itemRead } from '../store/items.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { notAmong } from '../validation.ts'
import type { Field } from './field.ts'
import { type Item, readerOf } from './item.ts'
import { warnOfFaults } from './item-faults.ts'
import type { CollectionCall } from './types.ts'

/** A reference whose items come with an answer. */
export interface Inclusion {
  field: Field
  /** Where it leads. */
  target: Collection
}

/** The items that an answer's items refer to, by collection and id. */
export type Included = Record<string, Record<string, Item>>

/** An answer refers to so many items at most: each is one more to read. */
const MOST_INCLUDED = 1_000

/**
 * Reads `include=planet,star`.
 *
 * @returns What is wrong with it, as a text.
 */
export function parseInclude(
  collection: Collection,
  text: string,
  related: (name: string) => Collection | undefined,
): Inclusion[] | string {
  const known = referencesOf(collection, related)
  const asked = [...new Set(text.split(','))]
  const found = asked.flatMap((name) => known.find(({ field }) => field.name === name) ?? [])
  if (found.length === asked.length) return found
  return notAmong(known.map(({ field }) => field.name))
}

/** The references of a collection, with what they lead to. */
export function referencesOf(
  collection: Collection,
  related: (name: string) => Collection | undefined,
): Inclusion[] {
  return readerOf(collection).fields.flatMap((field) => {
    const target = field.reference === undefined ? undefined : related(field.reference)
    return target === undefined ? [] : [{ field, target }]
  })
}

/**
 * What the store is asked to follow.
 *
 * @param fields As they are asked for of each item.
 */
export function followedOf(include: readonly Inclusion[], fields: readonly string[]): Followed[] {
  return include.map(({ field, target }) => ({
    at: fields.indexOf(field.name),
    isList: field.isList,
    prefix: target.prefix,
    fields: readerOf(target).names,
  }))
}

/** Whether an answer with these references is for those alone who may get what they lead to. */
export function isGuarded(include: readonly Inclusion[]): boolean {
  return include.some(({ target }) => target.access.get !== 'public')
}

/** Says of what the caller may not get that it cannot come along; undefined when all can. */
export function refusedInclude(
  call: CollectionCall<unknown>,
  include: readonly Inclusion[],
): Failure<'validation-error'> | undefined {
  const refused = include.find(({ target }) => !call.may('get', target))
  if (refused === undefined) return undefined
  const { name, access } = refused.target
  const message = `leads to ${name}, which this request may not get: it takes a credential of the level ${access.get}, and of an API key a scope that reads ${name}`
  return fail('validation-error', 'include of what they may not get', {
    errors: [{ pointer: '#/include', message }],
  })
}

/**
 * The items that some stored ones refer to: each once, as the caller would get it. A reference to nothing is left
 * out, and so is one to a hash that is no item.
 *
 * @param following What the store has read with them. What is missing there, because it was too much or because a
 *   default leads to it, is read in one more trip.
 */
export async function includedBy(
  call: CollectionCall<unknown>,
  include: readonly Inclusion[],
  stored: readonly StoredFields[],
  following: readonly Following[],
): Promise<Result<Included, 'validation-error'>> {
  const { names, shownAll } = readerOf(call.collection)
  const wanted = include.map(({ field, target }, index) => {
    const at = names.indexOf(field.name)
    const ids = [...new Set(stored.flatMap((fields) => shownAll(at, fields[at]) ?? []))]
    return { target, ids, found: following[index] ?? new Map<string, StoredFields>() }
  })
  const missing = wanted.flatMap(({ target, ids, found }) =>
    ids.filter((id) => !found.has(id)).map((id) => ({ target, id })),
  )
  if (wanted.reduce((sum, { ids }) => sum + ids.length, 0) > MOST_INCLUDED) {
    const message = `leads to more than ${MOST_INCLUDED} items: ask for fewer at a time`
    const errors = [{ pointer: '#/include', message }]
    return fail('validation-error', 'include of very many', { errors })
  }
  const late = await readLate(call, missing)
  const included: Included = {}
  for (const { target, ids, found } of wanted) {
    const { decode } = readerOf(target)
    const faults: string[] = []
    const items = ids.flatMap((id): [string, Item][] => {
      const fields = found.get(id) ?? late.get(target)?.get(id)
      const { item, faulty } = fields === undefined ? {} : decode(id, fields)
      faults.push(...(faulty ?? []))
      return item === undefined ? [] : [[id, item]]
    })
    warnOfFaults(call.log, target, faults)
    const before = Object.entries(included[target.name] ?? {})
    included[target.name] = Object.fromEntries([...before, ...items])
  }
  return ok(included)
}

async function readLate(
  call: CollectionCall<unknown>,
  missing: readonly { target: Collection; id: string }[],
): Promise<Map<Collection, Map<string, StoredFields | undefined>>> {
  const late = new Map<Collection, Map<string, StoredFields | undefined>>()
  if (missing.length === 0) return late
  const reads = missing.map(({ target, id }) => itemRead(target.prefix, id, readerOf(target).names))
  const found = await call.store.read(...reads)
  for (const [index, { target, id }] of missing.entries()) {
    const ofTarget = late.get(target) ?? new Map<string, StoredFields | undefined>()
    late.set(target, ofTarget.set(id, found[index]))
  }
  return late
}

/** The entity tag of an item with what it refers to: it is another when one of those is. */
export async function tagWith(tag: string, included: Included): Promise<string> {
  const hash = await sha256(`${tag} ${JSON.stringify(included)}`)
  return `"${hash.slice(0, tag.length - 2)}"`
}

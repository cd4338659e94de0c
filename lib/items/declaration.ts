import type { ZodMiniType } from 'zod/mini'
import type { Collection } from '../collections/define.ts'
import { fingerprint } from '../hash.ts'
import type { KeptIndexes } from '../store/indexes.ts'
import { keys } from '../store/keys.ts'
import { HIDDEN_OWNER, hidesAddresses, readerOf } from './item.ts'
import { ordersOf } from './order.ts'

/** Raise it when members are written in another way: every index is then built anew. */
const FORM = { id: 1, order: 1, words: 4 }

const known = new WeakMap<Collection, KeptIndexes>()

/**
 * Every index of a collection, with a fingerprint of all that its members depend on: the form of members,
 * the prefix, the fields with their types, rules and defaults, and what hides an owner's address. It cannot
 * see into a `refine`.
 */
export function keptIndexesOf(collection: Collection): KeptIndexes {
  const before = known.get(collection)
  if (before !== undefined) return before
  const { name, prefix, search } = collection
  const { names, fields } = readerOf(collection)
  const described = (field: string): unknown => {
    const declared = fields[names.indexOf(field)]
    const hidden = hidesAddresses(collection, field) ? [HIDDEN_OWNER] : []
    return [field, declared === undefined ? null : madeOf(declared.schema), ...hidden]
  }
  const print = (...what: unknown[]): string => fingerprint(JSON.stringify([prefix, ...what]))
  const orders = ordersOf(collection).map(({ name: order, parts }): [string, string] => [
    keys.index(name, order),
    print(FORM.order, order, ...parts.map(({ field }) => described(field))),
  ])
  const words: [string, string][] =
    search === undefined ? [] : [[keys.words(name), print(FORM.words, ...search.map(described))]]
  const kept: KeptIndexes = {
    fields: names,
    states: keys.indexed(name),
    fingerprints: new Map([[keys.index(name, 'id'), print(FORM.id)], ...orders, ...words]),
  }
  known.set(collection, kept)
  return kept
}

/** An index that a query needs: its key, and the fingerprint by which it must be whole. */
export function needed(collection: Collection, key: string): { key: string; fingerprint: string } {
  return { key, fingerprint: keptIndexesOf(collection).fingerprints.get(key) ?? '' }
}

/** One word for the declarations of all indexes of some collections. */
export function versionOf(collections: readonly Collection[]): string {
  const all = collections.map((collection) => [...keptIndexesOf(collection).fingerprints])
  return fingerprint(JSON.stringify(all))
}

/** The definition of a schema, without its functions. */
function madeOf(schema: ZodMiniType): unknown {
  const plain = (_: string, value: unknown): unknown => {
    if (value instanceof RegExp) return String(value)
    const isSchema = typeof value === 'object' && value !== null && '_zod' in value
    return isSchema ? Reflect.get(Object(value._zod), 'def') : value
  }
  return JSON.stringify(schema._zod.def, plain)
}

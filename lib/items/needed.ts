import type { Collection } from '../collections/define.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { readerOf } from './item.ts'
import type { Query } from './query.ts'

/**
 * The fields of a collection, those first that decide which items are on a page: of the order, the
 * filters and the words. A thousand rows of these are read, and whole items for the page alone.
 */
export function fieldsFirst(
  collection: Collection,
  { direction, filters, words, include }: Query,
): { fields: string[]; neededFields: number } {
  const { names } = readerOf(collection)
  const deciding = new Set<string>([
    ...(direction?.order.parts.map(({ field }) => field) ?? []),
    ...filters.map(({ field }) => field),
    ...(words.length > 0 ? (collection.search ?? []) : []),
    // What they refer to is read with the rows.
    ...include.map(({ field }) => field.name),
  ])
  const needed = names.filter((name) => deciding.has(name))
  // HMGET asks for one field at least.
  if (needed.length === 0) needed.push(...names.slice(0, 1))
  const others = names.filter((name) => !needed.includes(name))
  return { fields: [...needed, ...others], neededFields: needed.length }
}

/** A row's values in the order of the collection's fields. */
export function declaredOrder(
  collection: Collection,
  asked: readonly string[],
  values: StoredFields,
): StoredFields {
  return readerOf(collection).names.map((name) => values[asked.indexOf(name)])
}

import type { Collection } from '../collections/define.ts'
import { isRecord } from '../items/asked.ts'
import { readerOf } from '../items/item.ts'
import { fieldName } from './names.ts'

/** Arguments with the names that the collection gives its fields, also of a filter within them. */
export function renamed(collection: Collection, given: unknown): Record<string, unknown> {
  const original = new Map(readerOf(collection).names.map((name) => [fieldName(name), name]))
  const named = Object.entries(Object(given)).map(([name, value]): [string, unknown] => [
    original.get(name) ?? name,
    name === 'filter' && isRecord(value) ? renamed(collection, value) : value,
  ])
  return Object.fromEntries(named)
}

/** The fields of a new item. A null where a field takes none is a field that is not there. */
export function inputOf(collection: Collection, given: unknown): Record<string, unknown> {
  const { fields } = readerOf(collection)
  const kept = Object.entries(renamed(collection, given)).filter(
    ([name, value]) =>
      value !== null || fields.some((each) => each.name === name && each.isNullable),
  )
  return Object.fromEntries(kept)
}

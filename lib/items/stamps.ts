import type { Collection, Stamp } from '../collections/define.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { readerOf } from './item.ts'
import type { CollectionCall, CollectionDeps } from './types.ts'
import type { Fields } from './write-input.ts'

/** Fields with what the server sets: of an item that is there before, see {@link keepStamps}. */
export function stamped(
  { stamps = [] }: Collection,
  fields: Fields,
  { principal }: CollectionCall<unknown>,
  { now }: Pick<CollectionDeps, 'now'>,
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

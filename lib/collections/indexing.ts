import type { ItemChange, StoredFields } from '../store/items.ts'
import { keys } from '../store/keys.ts'
import type { Collection } from './define.ts'
import { memberOf, wordMember } from './order.ts'
import { indexesOf } from './plan.ts'
import { searchWords } from './words.ts'

/** Every index member of an item; none for one that is not there. */
export function membersOf(
  collection: Collection,
  id: string,
  stored: StoredFields | undefined,
): { key: string; member: string }[] {
  if (stored === undefined || stored.every((value) => value === undefined)) return []
  return [
    { key: keys.index(collection.name, 'id'), member: id },
    ...indexesOf(collection).map(({ key, order }) => ({
      key,
      member: memberOf(collection, order, id, stored),
    })),
    ...searchWords(collection, id, stored).map((word) => ({
      key: keys.words(collection.name),
      member: wordMember(word, id),
    })),
  ]
}

/** What a change of an item changes in its indexes. */
export function indexChanges(
  collection: Collection,
  id: string,
  before: StoredFields | undefined,
  after: StoredFields | undefined,
): ItemChange['indexes'] {
  const old = membersOf(collection, id, before)
  const fresh = membersOf(collection, id, after)
  const missing = (from: typeof old, other: typeof old) =>
    from.filter(
      ({ key, member }) => !other.some((each) => each.key === key && each.member === member),
    )
  return [
    ...missing(old, fresh).map((each) => ({ sign: '-' as const, ...each })),
    ...missing(fresh, old).map((each) => ({ sign: '+' as const, ...each })),
  ]
}

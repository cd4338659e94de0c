import type { Collection } from '../collections/define.ts'
import type { ItemChange } from '../store/apply-items.ts'
import { keys } from '../store/keys.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { indexesOf } from './indexes-of.ts'
import { membersOf as membersIn, wordMember } from './order.ts'
import { searchWords } from './words.ts'

/** Whether a hash has any of the declared fields. */
export function isThere(stored: StoredFields | undefined): stored is StoredFields {
  return stored?.some((value) => value !== undefined) === true
}

/**
 * Every index member of an item; none for one that is not there.
 *
 * @param only The keys of the indexes that are asked for; all when absent.
 */
export function membersOf(
  collection: Collection,
  id: string,
  stored: StoredFields | undefined,
  only?: readonly string[],
): { key: string; member: string }[] {
  if (!isThere(stored)) return []
  const isAsked = (key: string): boolean => only?.includes(key) !== false
  const ids = keys.index(collection.name, 'id')
  const words = keys.words(collection.name)
  return [
    ...(isAsked(ids) ? [{ key: ids, member: id }] : []),
    ...indexesOf(collection)
      .filter(({ key }) => isAsked(key))
      .flatMap(({ key, order }) =>
        membersIn(collection, order, id, stored).map((member) => ({ key, member })),
      ),
    ...(isAsked(words) ? searchWords(collection, id, stored) : []).map((word) => ({
      key: words,
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

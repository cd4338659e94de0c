import { ACTS, type Collection, type CollectionAccess } from '../collections/define.ts'
import { type Access, LEVELS } from './access.ts'
import type { Operation } from './operations.ts'

/**
 * Who may call an operation: what its row says, or what the collection says of the action. To replace
 * is to create and to update: the stricter of the two. Who may do any of its acts may send a batch. The
 * published document says the same, by this function.
 */
export function accessOf(row: Operation, collection: Collection | undefined): Access {
  if (row.access !== 'collection') return row.access
  // Refused by default: a row without an action, or a path without a collection, is for admins.
  if (row.action === undefined || collection === undefined) return 'admin'
  const { access } = collection
  if (row.action === 'batch') return ACTS.map((act) => doorOf(access[act])).reduce(looser)
  if (row.action !== 'replace') return doorOf(access[row.action])
  const [create, update] = [doorOf(access.create), doorOf(access.update)]
  return looser(create, update) === create ? update : create
}

/** Who an item belongs to is the use case's to ask: at the door an owner is any user. */
export function doorOf(access: CollectionAccess[keyof CollectionAccess]): Access {
  return access === 'owner' ? 'user' : access
}

function looser(a: Access, b: Access): Access {
  return levelOf(b) < levelOf(a) ? b : a
}

function levelOf(access: Access): number {
  return access === 'public' ? -1 : LEVELS[access]
}

import type { Collection } from '../collections/define.ts'
import { type Failure, fail } from '../contract/problems.ts'
import { applyItems, type Clash, type UniqueValue } from '../store/apply-items.ts'
import type { Store } from '../store/client/store.ts'
import { itemRead, queryRead } from '../store/items.ts'
import { keys } from '../store/keys.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { keptIndexesOf } from './declaration.ts'
import type { Filter } from './filter.ts'
import { healIfDue } from './heal-due.ts'
import { readerOf } from './item.ts'
import { boundsOf, idOfMember, memberOf, parseOrder } from './order.ts'
import { notWhole } from './page.ts'
import { planOf } from './plan.ts'
import { emptyQuery } from './query.ts'
import { mending } from './repair.ts'
import type { CollectionCall } from './types.ts'

/** A value of an item that no other item may have. */
export interface Unique extends UniqueValue {
  /** The place of its field among the collection's. */
  index: number
  field: string
  filter: Filter
}

/** The unique values that an item gets. What it has already is its own. */
export function uniquesOf(
  collection: Collection,
  id: string,
  before: StoredFields | undefined,
  after: StoredFields | undefined,
): Unique[] {
  if (after === undefined) return []
  const { names, fields, shown } = readerOf(collection)
  return (collection.unique ?? []).flatMap((field): Unique[] => {
    const index = names.indexOf(field)
    const kind = fields[index]?.kind ?? 'json'
    const text = shown(index, after[index])
    if (text === undefined) return []
    const { order } = parseOrder(field)
    const member = memberOf(collection, order, id, after)
    if (before !== undefined && memberOf(collection, order, id, before) === member) return []
    const filter: Filter = { field, kind, isList: false, comparison: 'eq', texts: [text] }
    const key = keys.index(collection.name, order.name)
    return [{ index, field, filter, key, member, ...boundsOf(kind, 'eq', text) }]
  })
}

/** The failure of an item whose value another one has. */
export function clashing(field: string): Failure<'conflict'> {
  return fail('conflict', 'a unique value is taken', {
    detail: `Another item has this ${field} already, and it is unique.`,
    errors: [{ pointer: `#/${field}`, message: 'is that of another item' }],
  })
}

/** An item that is to get unique values. */
interface LookedFor {
  id: string
  uniques: readonly Unique[]
  /** What it will be; undefined for one that is deleted. */
  next: StoredFields | undefined
}

/** What looking for holders of unique values has found. */
export interface Looked {
  /** Whether every hash was seen, so that no index was needed. */
  sawAll: boolean
  /** For each of the items the failure, if another has one of its values. */
  failures: (Failure<'conflict'> | undefined)[]
}

/**
 * Looks for other items that have values which are to be unique, in one trip: also hashes that somebody has just typed, as
 * a list does. The script that writes looks again; it sees what others write at the same moment.
 *
 * @param items They are changed one after the other: one that comes before has what it will be.
 * @returns `service-unavailable` while an index of such a value is not whole.
 */
export async function lookForHolders(
  call: CollectionCall<unknown>,
  items: readonly LookedFor[],
): Promise<Looked | Failure<'service-unavailable'>> {
  const { collection } = call
  const looks = items.flatMap(({ id, uniques }, at) =>
    uniques.map((unique) => {
      const { field, filter } = unique
      const plan = planOf(collection, { ...emptyQuery(), filters: [filter] }, '')
      return { at, id, unique, read: queryRead({ ...plan, fields: [field], neededFields: 1 }) }
    }),
  )
  const failures: Looked['failures'] = items.map(() => undefined)
  if (looks.length === 0) return { sawAll: false, failures }
  const { shown } = readerOf(collection)
  const found = await call.store.read(...looks.map(({ read }) => read))
  let sawAll = true
  for (const [number, { at, id, unique }] of looks.entries()) {
    const answer = found[number]
    if (answer === undefined) continue
    healIfDue(call, answer)
    if (!('rows' in answer)) return notWhole(answer)
    sawAll &&= answer.way === 'small'
    const isTaken = answer.rows.some((row) => {
      if (row.id === id) return false
      const before = items.findIndex((each) => each.id === row.id)
      const isChanged = before >= 0 && before < at
      const raw = isChanged ? items[before]?.next?.[unique.index] : row.fields?.[0]
      return isSameValue(shown(unique.index, raw), unique)
    })
    if (isTaken) failures[at] ??= clashing(unique.field)
  }
  return { sawAll, failures }
}

function isSameValue(text: string | undefined, { filter, min }: Unique): boolean {
  return text !== undefined && boundsOf(filter.kind, 'eq', text).min === min
}

/**
 * Whether the item that is in the way of a unique value really has it. An index may still name a hash that was changed or
 * deleted by hand: that member is taken out, and the change can be tried again.
 */
export async function isHeld(
  store: () => Store,
  collection: Collection,
  uniques: readonly Unique[],
  { at, member }: Clash,
): Promise<string | undefined> {
  const unique = uniques[at]
  if (unique === undefined) return undefined
  const { names, shown } = readerOf(collection)
  const id = idOfMember(member)
  const [stored] = await store().read(itemRead(collection.prefix, id, names))
  if (isSameValue(shown(unique.index, stored?.[unique.index]), unique)) return id
  const there = stored?.some((value) => value !== undefined) === true ? stored : undefined
  const row = { id, member, fields: there, thin: false }
  await applyItems(store(), keptIndexesOf(collection), [mending(collection, [unique.key], row)])
  return undefined
}

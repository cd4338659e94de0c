import type { Collection } from '../collections/define.ts'
import { applyItems, type ItemChange } from '../store/apply-items.ts'
import type { Store } from '../store/client/store.ts'
import { type ItemRow, queryRead } from '../store/items.ts'
import { keys } from '../store/keys.ts'
import { keptIndexesOf } from './declaration.ts'
import { adding, BATCH } from './index-items.ts'
import { membersOf } from './indexing.ts'
import { readerOf } from './item.ts'
import type { CollectionCall } from './types.ts'

/**
 * Mends in the background the index members that a list found to be wrong: the hash has another value
 * by now, or is gone.
 */
export function repair(
  call: CollectionCall<unknown>,
  collection: Collection,
  rows: readonly ItemRow[],
): void {
  if (rows.length === 0) return
  const kept = keptIndexesOf(collection)
  const indexes = [...kept.fingerprints.keys()]
  call.background(async (store) => {
    const some = rows.slice(0, BATCH)
    await applyItems(
      store(),
      kept,
      some.map((row) => mending(collection, indexes, row)),
    )
  })
}

/** Adds what an item's indexes should have, and takes a member out of those of `indexes` where it is wrong. */
export function mending(
  collection: Collection,
  indexes: readonly string[],
  row: ItemRow,
): ItemChange {
  const change = adding(collection, row.id, row.fields)
  const right = new Set(change.indexes.map(({ key, member }) => `${key} ${member}`))
  const wrong = indexes
    .filter((key) => !right.has(`${key} ${row.member}`))
    .map((key) => ({ sign: '-' as const, key, member: row.member }))
  return { ...change, indexes: [...change.indexes, ...wrong] }
}

/**
 * Reads every index of a collection and removes the members whose item is gone or has another value.
 *
 * @returns How many members.
 */
export async function sweep(store: () => Store, collection: Collection): Promise<number> {
  const { prefix, name } = collection
  const { names } = readerOf(collection)
  const kept = keptIndexesOf(collection)
  const ids = keys.index(name, 'id')
  let swept = 0
  for (const [key, fingerprint] of kept.fingerprints) {
    if (key === ids) continue
    // Behind the empty member, which says that words are whole and is of no item.
    let min = '('
    for (;;) {
      const walk = { key, fingerprint, holds: 'order' as const, min, max: '+', reversed: false }
      const [found] = await store().read(
        queryRead({
          prefix,
          fields: names,
          states: kept.states,
          ids,
          walk,
          whole: undefined,
          counted: undefined,
          afterId: '',
          smallKeyspace: 0,
          neededFields: names.length,
          limit: BATCH,
          exact: false,
          filters: [],
          followed: [],
        }),
      )
      // An index that is not whole is built anew, without the wrong members.
      if (!('rows' in found)) break
      const wrong = found.rows.filter(({ id, member, fields }) =>
        membersOf(collection, id, fields).every(
          (each) => each.key !== key || each.member !== member,
        ),
      )
      if (wrong.length > 0) {
        await applyItems(
          store(),
          kept,
          wrong.map((row) => mending(collection, [key], row)),
        )
      }
      swept += wrong.length
      if (!found.more) break
      min = `(${found.lastMember}`
    }
  }
  return swept
}

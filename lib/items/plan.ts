import type { Collection } from '../collections/define.ts'
import type { ItemQuery } from '../store/items.ts'
import { keys } from '../store/keys.ts'
import { keptIndexesOf, needed } from './declaration.ts'
import { fieldsFirst } from './needed.ts'
import { boundsOf, type Order, ordersOf, wordBounds } from './order.ts'
import type { Filter, Query } from './query.ts'

/** With up to this many keys in the database, a list finds every hash by SCAN. */
export const SMALL_KEYSPACE = 1_000

/** How many rows a walk brings when it cannot tell which pass. */
const ROWS_TO_FILTER = 300

/** This many words of a search are looked up in the index; the items found are compared with all words. */
const WORDS_TO_LOOK_UP = 5

/**
 * Turns a query into what the store is asked: the index to walk, as far as the filters narrow it,
 * and the indexes of the other filters, which may turn out to be the shorter way.
 *
 * @param place The member after which the page begins; '' for the start.
 */
export function planOf(collection: Collection, query: Query, place: string): ItemQuery {
  const { direction, filters, words, limit, count } = query
  const leading = direction?.order.parts[0]?.field
  const own = filters.filter(({ field }) => field === leading)
  const range = narrow(own)
  const covered = own.length === range.used && own.length === filters.length && words.length === 0
  const reversed = direction?.reversed ?? query.reversed
  const exclusive = `(${place}`
  const exact = direction === undefined && covered && !count
  return {
    prefix: collection.prefix,
    ...fieldsFirst(collection, query),
    states: keptIndexesOf(collection).states,
    ids: keys.index(collection.name, 'id'),
    walk: {
      ...needed(collection, keys.index(collection.name, direction?.order.name ?? 'id')),
      holds: direction === undefined ? 'ids' : 'order',
      min: place === '' || reversed ? range.min : exclusive,
      max: place === '' || !reversed ? range.max : exclusive,
      reversed,
    },
    whole: count && covered ? { min: range.min, max: range.max } : undefined,
    afterId: exact ? place : '',
    smallKeyspace: SMALL_KEYSPACE,
    limit: covered ? limit + 1 : ROWS_TO_FILTER,
    exact,
    filters: [
      ...byField(filters.filter((filter) => !own.includes(filter) || !covered)).map((group) => ({
        ...needed(collection, keys.index(collection.name, group[0]?.field ?? '')),
        min: narrow(group).min,
        max: narrow(group).max,
      })),
      ...words.slice(0, WORDS_TO_LOOK_UP).map((word) => ({
        ...needed(collection, keys.words(collection.name)),
        ...wordBounds(word),
      })),
    ],
  }
}

/** Where the members lie that pass one field's filters; `used` of them, the rest decide later. */
function narrow(filters: readonly Filter[]): { min: string; max: string; used: number } {
  const equal = filters.find(({ comparison }) => comparison === 'eq')
  const lower = equal ?? filters.find(({ comparison }) => comparison.startsWith('g'))
  const upper = equal ?? filters.find(({ comparison }) => comparison.startsWith('l'))
  const low = lower && boundsOf(lower.kind, lower.comparison, lower.text)
  const high = upper && boundsOf(upper.kind, upper.comparison, upper.text)
  return {
    min: low?.min ?? '-',
    max: high?.max ?? low?.max ?? '+',
    used: new Set([lower, upper].filter((filter) => filter !== undefined)).size,
  }
}

function byField(filters: readonly Filter[]): Filter[][] {
  const groups = new Map<string, Filter[]>()
  for (const filter of filters) {
    groups.set(filter.field, [...(groups.get(filter.field) ?? []), filter])
  }
  return [...groups.values()]
}

/** Every index that a collection's items are in, with the order it keeps. */
export function indexesOf(collection: Collection): { key: string; order: Order }[] {
  return ordersOf(collection).map((order) => ({
    key: keys.index(collection.name, order.name),
    order,
  }))
}

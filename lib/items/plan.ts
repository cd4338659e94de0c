import type { Collection } from '../collections/define.ts'
import type { ItemQuery, SearchedIndex } from '../store/items.ts'
import { keys } from '../store/keys.ts'
import { keptIndexesOf, needed } from './declaration.ts'
import type { Filter } from './filter.ts'
import { followedOf } from './include.ts'
import { fieldsFirst } from './needed.ts'
import { ALL, caselessOrder, type Stretch, wordBounds } from './order.ts'
import type { Query } from './query.ts'
import { type Narrowed, narrow } from './stretches.ts'

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
  const groups = byIndex(filters)
  const leading = groups.find(({ order }) => order === direction?.order.parts[0]?.field)
  const { min, max } = hullOf(leading?.narrowed)
  const isAlone = words.length === 0 && groups.length === (leading === undefined ? 0 : 1)
  const covered = isAlone && (leading === undefined || isWalked(leading.narrowed))
  const reversed = direction?.reversed ?? query.reversed
  const exclusive = `(${place}`
  const exact = direction === undefined && covered && !count
  const looked = groups.filter((group) => !covered || group !== leading)
  const [only] = looked
  const countsOne = words.length === 0 && looked.length === 1 && only?.narrowed.isExact === true
  const first = fieldsFirst(collection, query)
  return {
    prefix: collection.prefix,
    ...first,
    followed: followedOf(query.include, first.fields),
    states: keptIndexesOf(collection).states,
    ids: keys.index(collection.name, 'id'),
    walk: {
      ...needed(collection, keys.index(collection.name, direction?.order.name ?? 'id')),
      holds: direction === undefined ? 'ids' : 'order',
      min: place === '' || reversed ? min : exclusive,
      max: place === '' || !reversed ? max : exclusive,
      reversed,
    },
    whole: count && covered ? { min, max } : undefined,
    counted: count && countsOne ? waysToCount(only.narrowed) : undefined,
    afterId: exact ? place : '',
    smallKeyspace: SMALL_KEYSPACE,
    limit: covered ? limit + 1 : ROWS_TO_FILTER,
    exact,
    filters: [
      ...looked.map(({ order, narrowed: { stretches, isOutside } }): SearchedIndex => {
        const index = needed(collection, keys.index(collection.name, order))
        return { ...index, stretches, gathers: !isOutside }
      }),
      ...words.slice(0, WORDS_TO_LOOK_UP).map((word): SearchedIndex => {
        const index = needed(collection, keys.words(collection.name))
        return { ...index, stretches: [wordBounds(word)], gathers: true }
      }),
      // Of few items all can be looked at, where an index tells only which do not pass.
      ...looked
        .filter(({ narrowed }) => narrowed.isOutside)
        .slice(0, 1)
        .map(({ order }): SearchedIndex => {
          const index = needed(collection, keys.index(collection.name, order))
          return { ...index, stretches: [ALL], gathers: true }
        }),
    ],
  }
}

/** From the first of the stretches to the end of the last. */
function hullOf(narrowed: Narrowed | undefined): Stretch {
  const { stretches = [], isOutside = true } = narrowed ?? {}
  const [min, max] = [stretches[0]?.min, stretches.at(-1)?.max]
  return isOutside || min === undefined || max === undefined ? ALL : { min, max }
}

/** Whether a walk along the index meets all that passes, and nothing else. */
function isWalked({ stretches, isOutside, isExact }: Narrowed): boolean {
  return isExact && !isOutside && stretches.length === 1
}

function waysToCount({ isOutside, overlaps }: Narrowed): ItemQuery['counted'] {
  return { outside: isOutside, distinct: overlaps }
}

/** The filters that one index decides about; `order` names it. */
interface Group {
  order: string
  narrowed: Narrowed
}

function byIndex(filters: readonly Filter[]): Group[] {
  const groups = new Map<string, Filter[]>()
  for (const filter of filters) {
    const { field, comparison } = filter
    const order = comparison === 'ci' ? caselessOrder(field).name : field
    groups.set(order, [...(groups.get(order) ?? []), filter])
  }
  return [...groups].map(([order, some]) => ({ order, narrowed: narrow(some) }))
}

import { RESERVED_PARAMETERS } from '../../lib/collections/define.ts'

import { type DecidedField, isOrderedTime, type Type } from './types.ts'

/** What lists are asked for by. */
export interface Queries {
  filter: readonly string[]
  sort: readonly string[]
  search: readonly string[]
  /** A query that finds something, for a first try. */
  sample: string
}

/** Each filter and each order is an index, which every write keeps. */
const MOST_FILTERS = 8
const MOST_ORDERS = 6
const MOST_SEARCHED = 3
/** What is longer is read, and not compared. */
const LONGEST_FILTERED = 80

/** Each entry of a list that is filtered by is in an index. */
const MOST_ENTRIES = 50

const PLACE = /^(lat(itude)?|lng|lon(g(itude)?)?)$/i
const TITLE = /(name|title|label)$/i

/** Chooses filters, orders and words to search by: those that somebody who reads the file would ask for. */
export function chooseQueries(fields: readonly DecidedField[], rows: number): Queries {
  const filters = byRank(fields.filter(isAllowed), (field) => filterRank(field, rows), MOST_FILTERS)
  const orders = byRank(fields, (field) => orderRank(field, filters), MOST_ORDERS)
  const searched = byRank(fields, (field) => searchRank(field, rows), MOST_SEARCHED)
  return {
    filter: filters.map(({ name }) => name),
    sort: orders.map(({ name }) => name),
    search: searched.map(({ name }) => name),
    sample: sampleOf(filters, orders, rows),
  }
}

function isAllowed({ name }: DecidedField): boolean {
  return !RESERVED_PARAMETERS.some((parameter) => parameter === name)
}

/** The best, in the order of the file. */
function byRank(
  fields: readonly DecidedField[],
  rank: (field: DecidedField) => number,
  most: number,
): DecidedField[] {
  const ranked = fields
    .map((field) => ({ field, points: rank(field) }))
    .filter(({ points }) => points > 0)
  const best = new Set(ranked.toSorted((a, b) => b.points - a.points).slice(0, most))
  return ranked.filter((each) => best.has(each)).map(({ field }) => field)
}

/** How likely somebody filters by a field; 0 for not at all. */
function filterRank(field: DecidedField, rows: number): number {
  const { type, profile } = field
  switch (type.is) {
    case 'enum':
    case 'boolean':
      return 100
    case 'date':
    case 'datetime':
      return 90
    case 'string':
      if (isOrderedTime(profile)) return 90
      return isCategory(field) ? 80 : 0
    case 'int':
      return 70
    case 'number':
    case 'decimal':
      return 60
    case 'array':
      return isFilteredList(type, profile.entries.most) && rows > 1 ? 50 : 0
    default:
      return 0
  }
}

/** A text that many rows share with another, and no title: words of those are looked for. */
function isCategory({ name, profile }: DecidedField): boolean {
  const { different, values, longest } = profile
  return !TITLE.test(name) && longest <= LONGEST_FILTERED && different <= values * 0.8
}

function isFilteredList({ of }: Extract<Type, { is: 'array' }>, most: number): boolean {
  return of.is === 'string' && most <= MOST_ENTRIES
}

/** How likely somebody sorts by a field: by names, by time, by what is filtered by its size anyway. */
function orderRank(field: DecidedField, filters: readonly DecidedField[]): number {
  const { name, type, profile } = field
  if (type.is === 'string' && TITLE.test(name) && profile.longest <= 2 * LONGEST_FILTERED)
    return 100
  // Its index is there.
  if (!filters.includes(field) || PLACE.test(name)) return 0
  const isTime = type.is === 'date' || type.is === 'datetime' || isOrderedTime(profile)
  if (isTime) return 90
  return type.is === 'int' || type.is === 'number' || type.is === 'decimal' ? 80 : 0
}

/** Whether words are looked for in a field: in texts that differ, and have words. */
function searchRank({ name, type, profile }: DecidedField, rows: number): number {
  if (type.is !== 'string' || profile.spaced * 20 < profile.values) return 0
  if (isOrderedTime(profile)) return 0
  if (TITLE.test(name)) return 100
  return profile.different * 2 > rows || profile.longest > LONGEST_FILTERED ? 50 : 0
}

/** The query of an example: by the value that most rows have, among those that half of them have at most. */
function sampleOf(
  filters: readonly DecidedField[],
  orders: readonly DecidedField[],
  rows: number,
): string {
  const [best] = filters
    .filter(({ type }) => type.is === 'enum' || type.is === 'string')
    .flatMap(({ name, profile, empty }) =>
      [...profile.counts].map(([word, count]) => ({
        name,
        word,
        count,
        isNone: empty.includes(word),
      })),
    )
    .filter(({ word, count, isNone }) => !isNone && word !== '' && count > 1 && count * 2 <= rows)
    .toSorted((a, b) => b.count - a.count)
  const [order] = orders
  const parts = [
    ...(best === undefined ? [] : [`${best.name}=${encodeURIComponent(best.word)}`]),
    ...(order === undefined ? [] : [`sort=${order.name}`]),
    'limit=3',
  ]
  return parts.join('&')
}

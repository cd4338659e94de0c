import type { Collection } from '../collections/define.ts'
import { fail, type InputFault, ok, type Result } from '../contract/problems.ts'
import { DEFAULT_LIMIT, isLimit, LIMIT_MESSAGE } from '../paging.ts'
import { MOST_FAULTS, notAmong, pointer } from '../validation.ts'
import { COMPARISONS, type Filter, parseFilter } from './filter.ts'
import { type Inclusion, parseInclude } from './include.ts'
import { readerOf } from './item.ts'
import { type Direction, findDirection } from './order.ts'
import { wordsOf } from './words.ts'

/** What a client asks of a list. */
export interface Query {
  limit: number
  cursor: string | undefined
  /** Undefined for the order of the ids. */
  direction: Direction | undefined
  /** Of the order of the ids. */
  reversed: boolean
  filters: readonly Filter[]
  /** Beginnings of words, all of which an item must have. */
  words: readonly string[]
  /** Undefined for all. */
  fields: readonly string[] | undefined
  count: boolean
  /** The references whose items come with the answer. */
  include: readonly Inclusion[]
}

/** By name; more than one value is a list. */
export type RawQuery = Record<string, string | string[]>

interface QueryOptions {
  /** Where only some parameters are. */
  taken?: readonly string[]
  /** Finds the collection that a reference leads to; absent: there are none. */
  related?: (name: string) => Collection | undefined
}

/**
 * Reads the query of a list, or of an item.
 *
 * @returns `validation-error` with the parameters that the collection does not take; only the first of
 *   very many are named.
 */
export function parseQuery(
  collection: Collection,
  raw: RawQuery,
  options: QueryOptions = {},
): Result<Query, 'validation-error'> {
  const faults: InputFault[] = []
  const query = emptyQuery()
  for (const [name, value] of Object.entries(raw)) {
    const message = judgeParameter(collection, query, name, value, options)
    if (message !== undefined) faults.push({ pointer: pointer([name]), message })
    if (faults.length === MOST_FAULTS) break
  }
  if (faults.length === 0) return ok(query)
  return fail('validation-error', `${faults.length} faults`, { errors: faults })
}

/** The query that asks for nothing in particular. */
export function emptyQuery(): Query {
  return {
    limit: DEFAULT_LIMIT,
    cursor: undefined,
    direction: undefined,
    reversed: false,
    filters: [],
    words: [],
    fields: undefined,
    count: false,
    include: [],
  }
}

/** What every list takes. */
const PARAMETERS = ['limit', 'cursor', 'sort', 'fields', 'count', 'include'] as const
const MOST_FILTERED_FIELDS = 8
/** What `q` takes: one word to five; the published document has the same pattern. */
export const SEARCH = /^\s*\S+(\s+\S+){0,4}\s*$/
export const LONGEST_SEARCH = 200

function judgeParameter(
  collection: Collection,
  query: Query,
  name: string,
  value: string | string[],
  { taken, related = () => undefined }: QueryOptions,
): string | undefined {
  const known = taken?.filter((each) => each !== 'include' || refers(collection))
  if (known?.includes(name) === false) return notAmong(known)
  if (typeof value === 'string') return takeParameter(collection, query, name, value, related)
  const isOwn = name === 'q' || PARAMETERS.some((own) => own === name)
  return isOwn ? 'is there more than once' : takeFilter(collection, query, name, value)
}

/** Puts a parameter into the query; @returns what is wrong with it. */
function takeParameter(
  collection: Collection,
  query: Query,
  name: string,
  value: string,
  related: (name: string) => Collection | undefined,
): string | undefined {
  const { names } = readerOf(collection)
  switch (name) {
    case 'limit':
      if (!isLimit(value)) return LIMIT_MESSAGE
      query.limit = Number(value)
      return undefined
    case 'cursor':
      query.cursor = value
      return undefined
    case 'count':
      query.count = value === 'exact'
      return query.count ? undefined : 'is exact, or not there'
    case 'sort': {
      if (value === 'id' || value === '-id') {
        query.reversed = value === '-id'
        return undefined
      }
      query.direction = findDirection(collection, value)
      if (query.direction !== undefined) return undefined
      return `is one of ${['id', ...(collection.sort ?? [])].join('; ')}, or one of them backwards`
    }
    case 'fields': {
      const fields = value.split(',')
      if (!fields.every((field) => field === 'id' || names.includes(field))) {
        return `names fields of ${['id', ...names].join(', ')}`
      }
      query.fields = fields
      return undefined
    }
    case 'include': {
      const include = parseInclude(collection, value, related)
      if (typeof include === 'string') return include
      query.include = include
      return undefined
    }
    case 'q': {
      if (collection.search === undefined) return unknownParameter(collection)
      if ([...value].length > LONGEST_SEARCH || !SEARCH.test(value)) {
        return `is one word to five, of ${LONGEST_SEARCH} characters at most`
      }
      const words = wordsOf(value)
      // A text without a letter or a digit is the beginning of no word: it finds nothing.
      query.words = words.length > 0 ? words : [value]
      return undefined
    }
    default:
      return takeFilter(collection, query, name, value)
  }
}

function takeFilter(
  collection: Collection,
  query: Query,
  name: string,
  given: string | readonly string[],
): string | undefined {
  const filter = parseFilter(collection, name, given)
  if (filter === undefined) return unknownParameter(collection)
  if (typeof filter === 'string') return filter
  const filtered = new Set([...query.filters.map(({ field }) => field), filter.field])
  if (filtered.size > MOST_FILTERED_FIELDS) {
    return `is one field more than the ${MOST_FILTERED_FIELDS} that can be filtered at once`
  }
  query.filters = [...query.filters, filter]
  return undefined
}

function refers(collection: Collection): boolean {
  return readerOf(collection).fields.some(({ reference }) => reference !== undefined)
}

/** Says of a parameter that the list does not take it, and what it takes. */
function unknownParameter(collection: Collection): string {
  const { filter = [], search } = collection
  const own = PARAMETERS.filter((name) => name !== 'include' || refers(collection))
  const known = [...own, ...(search === undefined ? [] : ['q']), ...filter]
  const message = notAmong(known)
  if (filter.length === 0) return message
  const words = COMPARISONS.map((word) => `[${word}]`)
  return `${message}; a filter also with ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** All that decides which items a list has and in which order. A cursor holds only for the same text. */
export function queryFingerprint(collection: Collection, query: Query): string {
  const { direction, reversed, filters, words } = query
  const order =
    direction === undefined ? ['id', reversed] : [direction.order.name, direction.reversed]
  const asked = filters
    .map(({ field, comparison, texts }) =>
      JSON.stringify([field, comparison, ...[...texts].sort()]),
    )
    .sort()
  return JSON.stringify([collection.name, order, asked, words])
}

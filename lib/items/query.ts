import type { Collection } from '../collections/define.ts'
import { fail, type InputFault, ok, type Result } from '../contract/problems.ts'
import { DEFAULT_LIMIT, isLimit, LIMIT_MESSAGE } from '../paging.ts'
import { MOST_FAULTS, notAmong, pointer } from '../validation.ts'
import { fromText, type Kind, NUMBER, readerOf } from './item.ts'
import { compareBytes, type Direction, findDirection } from './order.ts'
import { wordsOf } from './words.ts'

export type Comparison = 'eq' | 'gt' | 'gte' | 'lt' | 'lte'

export interface Filter {
  field: string
  kind: Kind
  comparison: Comparison
  /** As it was sent; values are stored in the same form. */
  text: string
}

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
}

/** By name; more than one value is a list. */
export type RawQuery = Record<string, string | string[]>

/**
 * Reads the query of a list, or of an item.
 *
 * @param taken Where only some parameters are.
 * @returns `validation-error` with the parameters that the collection does not take; only the first of
 *   very many are named.
 */
export function parseQuery(
  collection: Collection,
  raw: RawQuery,
  taken?: readonly string[],
): Result<Query, 'validation-error'> {
  const faults: InputFault[] = []
  const query: Query = {
    limit: DEFAULT_LIMIT,
    cursor: undefined,
    direction: undefined,
    reversed: false,
    filters: [],
    words: [],
    fields: undefined,
    count: false,
  }
  for (const [name, value] of Object.entries(raw)) {
    const message = judgeParameter(collection, query, name, value, taken)
    if (message !== undefined) faults.push({ pointer: pointer([name]), message })
    if (faults.length === MOST_FAULTS) break
  }
  if (faults.length === 0) return ok(query)
  return fail('validation-error', `${faults.length} faults`, { errors: faults })
}

/** What every list takes. */
const PARAMETERS = ['limit', 'cursor', 'sort', 'fields', 'count'] as const
const MOST_FILTERED_FIELDS = 8
/** What `q` takes: one word to five; the published document has the same pattern. */
export const SEARCH = /^\s*\S+(\s+\S+){0,4}\s*$/
export const LONGEST_SEARCH = 200

function judgeParameter(
  collection: Collection,
  query: Query,
  name: string,
  value: string | string[],
  taken?: readonly string[],
): string | undefined {
  if (taken?.includes(name) === false) return notAmong(taken)
  if (typeof value !== 'string') return 'is there more than once'
  return takeParameter(collection, query, name, value)
}

/** Puts a parameter into the query; @returns what is wrong with it. */
function takeParameter(
  collection: Collection,
  query: Query,
  name: string,
  value: string,
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
  text: string,
): string | undefined {
  const [, field = '', comparison = 'eq'] = /^(.+?)(?:\[(gt|gte|lt|lte)\])?$/s.exec(name) ?? []
  if (!(collection.filter ?? []).includes(field)) return unknownParameter(collection)
  const filtered = new Set([...query.filters.map((filter) => filter.field), field])
  if (filtered.size > MOST_FILTERED_FIELDS) {
    return `is one field more than the ${MOST_FILTERED_FIELDS} that can be filtered at once`
  }
  const { names, kinds } = readerOf(collection)
  const kind = kinds[names.indexOf(field)] ?? 'string'
  const isNumber = NUMBER.test(text) && Number.isFinite(Number(text))
  if (kind === 'number' && !isNumber) return 'is not a number'
  if (kind === 'boolean' && text !== 'true' && text !== 'false') return 'is not true or false'
  if (kind === 'boolean' && comparison !== 'eq') return `has no order: send ${field}=${text}`
  const filter = { field, kind, comparison: comparison as Comparison, text }
  query.filters = [...query.filters, filter]
  return undefined
}

/** Says of a parameter that the list does not take it, and what it takes. */
function unknownParameter({ filter = [], search }: Collection): string {
  const known = [...PARAMETERS, ...(search === undefined ? [] : ['q']), ...filter]
  const message = notAmong(known)
  return filter.length === 0 ? message : `${message}; a filter also with [gt], [gte], [lt] or [lte]`
}

/** Whether a value is what a filter asks for. */
export function passes(
  value: string | undefined,
  { kind, comparison, text }: Omit<Filter, 'field'>,
): boolean {
  if (value === undefined) return false
  const order = compareValues(fromText(value, kind), fromText(text, kind))
  switch (comparison) {
    case 'eq':
      return order === 0
    case 'gt':
      return order > 0
    case 'gte':
      return order >= 0
    case 'lt':
      return order < 0
    case 'lte':
      return order <= 0
  }
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return compareBytes(String(a), String(b))
}

/** All that decides which items a list has and in which order. A cursor holds only for the same text. */
export function queryFingerprint(collection: Collection, query: Query): string {
  const { direction, reversed, filters, words } = query
  const order =
    direction === undefined ? ['id', reversed] : [direction.order.name, direction.reversed]
  const asked = filters.map(({ field, comparison, text }) => [field, comparison, text]).sort()
  return JSON.stringify([collection.name, order, asked, words])
}

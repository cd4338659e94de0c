import type { Collection } from '../collections/define.ts'
import { dateOf, datetimeOf, decimalPattern } from '../collections/texts.ts'
import { notAmong, notOneOf } from '../validation.ts'
import { caseless } from './caseless.ts'
import { type Field, type Kind, NUMBER, scalarOf } from './field.ts'
import { readerOf } from './item.ts'
import { compareBytes, isCaseless, sortableDecimal } from './order.ts'

/** `eq` without a word, `year[gte]=…` with one. */
export const COMPARISONS = ['gt', 'gte', 'lt', 'lte', 'ne', 'ci', 'exists'] as const
export type Comparison = 'eq' | (typeof COMPARISONS)[number]

/** What one field must be. */
export interface Filter {
  field: string
  /** Of a list that of its entries: one of them must be it. */
  kind: Kind
  isList: boolean
  comparison: Comparison
  /** In the form in which values are stored. Of several any one will do, and of `ne` none may be. */
  texts: readonly string[]
}

/** So many values of one field are asked for at once: each is looked up in an index. */
export const MOST_VALUES = 50

/**
 * Reads a filter of a query.
 *
 * @param name The field, with a comparison in brackets or without.
 * @returns What is wrong with it, as a text.
 */
export function parseFilter(
  collection: Collection,
  name: string,
  given: string | readonly string[],
): Filter | string | undefined {
  const [, fieldName = '', word = 'eq'] = NAME.exec(name) ?? []
  if (!(collection.filter ?? []).includes(fieldName)) return undefined
  const field = readerOf(collection).fields.find((each) => each.name === fieldName)
  if (field === undefined) return undefined
  const comparison = word as Comparison
  const values = [...new Set(typeof given === 'string' ? [given] : given)]
  const { kind, isList } = field
  const filter = { field: fieldName, kind, isList, comparison }
  const known = comparisonsOf(collection, field)
  if (!known.includes(comparison)) {
    const ways = known.map((each) => (each === 'eq' ? fieldName : `${fieldName}[${each}]`))
    return notAmong(ways)
  }
  if (!SEVERAL.has(comparison) && typeof given !== 'string') return 'is there more than once'
  if (values.length > MOST_VALUES) return `has more than ${MOST_VALUES} values`
  const texts: string[] = []
  for (const value of values) {
    const text = comparison === 'exists' ? truthOf(value) : textOf(field, value)
    if (text === undefined) return faultOf(field, comparison)
    texts.push(text)
  }
  if (comparison !== 'ci') return { ...filter, texts }
  // Of a field that is some words, those that are meant: no index keeps them without case.
  const { words } = field
  const folded = new Set(texts.map(caseless))
  if (words === undefined) return { ...filter, texts: [...folded] }
  return { ...filter, comparison: 'eq', texts: words.filter((word) => folded.has(caseless(word))) }
}

const NAME = new RegExp(`^(.+?)(?:\\[(${COMPARISONS.join('|')})\\])?$`, 's')
/** Of these comparisons several values may come. */
export const SEVERAL: ReadonlySet<Comparison> = new Set(['eq', 'ne', 'ci'])

/** How a field can be compared: a list has no order, an object no value to compare. */
export function comparisonsOf(collection: Collection, field: Field): readonly Comparison[] {
  const { kind, isList, words } = field
  if (kind === 'json') return ['exists']
  const isOrdered = !isList && kind !== 'boolean'
  const hasCase = words !== undefined || isCaseless(collection, field)
  return [
    'eq',
    ...(isOrdered ? (['gt', 'gte', 'lt', 'lte'] as const) : []),
    'ne',
    ...(hasCase ? (['ci'] as const) : []),
    'exists',
  ]
}

function truthOf(text: string): string | undefined {
  return text === 'true' || text === 'false' ? text : undefined
}

const ANY_DECIMAL = decimalPattern(30)

/** A value as it would be stored; undefined where the field can have none of this form. */
function textOf({ kind }: Field, text: string): string | undefined {
  switch (kind) {
    case 'number':
      return NUMBER.test(text) && Number.isFinite(Number(text)) ? text : undefined
    case 'boolean':
      return truthOf(text)
    case 'date':
      return dateOf(text)
    case 'datetime':
      return datetimeOf(text)
    case 'decimal':
      return ANY_DECIMAL.test(text) ? text : undefined
    case 'string':
      return text
    case 'json':
      return undefined
  }
}

function faultOf({ kind }: Field, comparison: Comparison): string {
  if (comparison === 'exists') return notOneOf(['true', 'false'])
  switch (kind) {
    case 'boolean':
      return 'is not true or false'
    case 'date':
      return 'is not a date that exists, as 2026-01-31'
    case 'datetime':
      return 'is not a time with its zone, as 2026-01-31T12:00:00Z; in a URL + is written %2B'
    default:
      return 'is not a number'
  }
}

/**
 * Whether a field's values are what a filter asks for.
 *
 * @param values As its reader shows them; undefined where there is none.
 */
export function passes(values: readonly string[] | undefined, filter: Filter): boolean {
  const { comparison, texts, kind } = filter
  if (comparison === 'exists') return (values !== undefined) === (texts[0] === 'true')
  const has = (test: (value: string, text: string) => boolean): boolean =>
    values?.some((value) => texts.some((text) => test(value, text))) === true
  switch (comparison) {
    case 'eq':
      return has((value, text) => compareValues(value, text, kind) === 0)
    case 'ne':
      return !has((value, text) => compareValues(value, text, kind) === 0)
    case 'ci':
      return has((value, text) => caseless(value) === caseless(text))
    case 'gt':
      return has((value, text) => compareValues(value, text, kind) > 0)
    case 'gte':
      return has((value, text) => compareValues(value, text, kind) >= 0)
    case 'lt':
      return has((value, text) => compareValues(value, text, kind) < 0)
    case 'lte':
      return has((value, text) => compareValues(value, text, kind) <= 0)
  }
}

function compareValues(a: string, b: string, kind: Kind): number {
  if (kind === 'decimal') return compareBytes(sortableDecimal(a), sortableDecimal(b))
  const [x, y] = [scalarOf(a, kind), scalarOf(b, kind)]
  if (typeof x === 'number' && typeof y === 'number') return x - y
  return compareBytes(String(x), String(y))
}

import type { Collection } from '../collections/define.ts'
import type { StoredFields } from '../store/items.ts'
import { type Kind, NUMBER, readerOf } from './item.ts'

/**
 * Members of the index sorted sets. Every member has score 0, so that Redis keeps them by their
 * bytes, which these encodings make the order of the values: a component for each field, each
 * ended by NUL, then the id, then NUL and the id's length in bytes, for scripts to cut it out.
 *
 * | value | component |
 * |---|---|
 * | number | `n`, `m` or `o` or `p` for its sign, three digits of exponent, 17 of mantissa; those of a negative number are each taken from 9 |
 * | text, truth value | `t`, the text with NUL written `\x01\x01` and `\x01` written `\x01\x02` |
 * | none that is shown | `z`: behind all others |
 *
 * A descending component is the ascending one, NUL included, with every character replaced by its
 * counterpart from the end of Unicode.
 */
export interface Order {
  /** As declared, the first field ascending: `year` or `year,-title`. Names the index. */
  name: string
  parts: readonly { field: string; descending: boolean }[]
}

/** An order and the direction in which it is walked. */
export interface Direction {
  order: Order
  reversed: boolean
}

const END = '\u0000'
const AFTER_END = '\u0001'
const MISSING = 'z'

const known = new WeakMap<Collection, readonly Order[]>()

/** Every order that a collection keeps an index of: those it sorts by, and each field it filters. */
export function ordersOf(collection: Collection): readonly Order[] {
  const orders = known.get(collection) ?? [
    ...new Map(
      [...(collection.sort ?? []), ...(collection.filter ?? [])].map((text) => {
        const { order } = parseOrder(text)
        return [order.name, order]
      }),
    ).values(),
  ]
  known.set(collection, orders)
  return orders
}

/** Reads `-year,title`: by its first field ascending, and then walked backwards. */
export function parseOrder(text: string): Direction {
  const parts = text.split(',').map((word) => ({
    field: word.replace(/^-/, ''),
    descending: word.startsWith('-'),
  }))
  const reversed = parts[0]?.descending === true
  const ascending = parts.map(({ field, descending }) => ({
    field,
    descending: descending !== reversed,
  }))
  const name = ascending.map((part) => `${part.descending ? '-' : ''}${part.field}`).join(',')
  return { order: { name, parts: ascending }, reversed }
}

/** The order a client asks for; undefined when the collection does not keep it. */
export function findDirection(collection: Collection, text: string): Direction | undefined {
  const asked = parseOrder(text)
  const isDeclared = (collection.sort ?? []).some(
    (declared) => parseOrder(declared).order.name === asked.order.name,
  )
  const order = ordersOf(collection).find(({ name }) => name === asked.order.name)
  return isDeclared && order !== undefined ? { order, reversed: asked.reversed } : undefined
}

/** The member of an item in the index of an order. */
export function memberOf(
  collection: Collection,
  order: Order,
  id: string,
  stored: StoredFields,
): string {
  const { names, kinds, shown } = readerOf(collection)
  const components = order.parts.map(({ field, descending }) => {
    const index = names.indexOf(field)
    const ascending = component(shown(index, stored[index]), kinds[index] ?? 'string')
    return descending ? backwards(ascending) : ascending
  })
  return `${components.join('')}${idSuffix(id)}`
}

/** The id and what lets a script find it. */
export function idSuffix(id: string): string {
  return `${id}${END}${new TextEncoder().encode(id).length}`
}

/** Where the members of a value begin and end, for `ZRANGEBYLEX`. */
export function boundsOf(
  kind: Kind,
  comparison: 'eq' | 'gt' | 'gte' | 'lt' | 'lte',
  text: string,
): { min: string; max: string } {
  const base = component(text, kind).slice(0, -END.length)
  const from = `[${base}${END}`
  const behind = `${base}${AFTER_END}`
  // Of a text that was cut, those with the same beginning lie on both sides: the reader decides.
  const cut = kind === 'string' && cutText(text) !== text
  switch (comparison) {
    case 'eq':
      return { min: from, max: `(${behind}` }
    case 'gt':
      return { min: cut ? from : `[${behind}`, max: `(${MISSING}` }
    case 'gte':
      return { min: from, max: `(${MISSING}` }
    case 'lt':
      return { min: '-', max: cut ? `(${behind}` : `(${base}${END}` }
    case 'lte':
      return { min: '-', max: `(${behind}` }
  }
}

function component(raw: string | undefined, kind: Kind): string {
  if (raw === undefined) return `${MISSING}${END}`
  if (kind !== 'number') return `t${escapeText(cutText(raw))}${END}`
  return NUMBER.test(raw) && Number.isFinite(Number(raw))
    ? `n${sortableNumber(Number(raw))}${END}`
    : `${MISSING}${END}`
}

/** So many characters of a text are in an index; the order of the rest is that of the ids. */
const LONGEST_TEXT = 200

function cutText(text: string): string {
  if (text.length <= LONGEST_TEXT) return text
  // A character has two code units at most: what lies behind is not looked at.
  return [...text.slice(0, 2 * LONGEST_TEXT)].slice(0, LONGEST_TEXT).join('')
}

function escapeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these two are what is escaped
  return text.replace(/[\u0000\u0001]/g, (char) => (char === END ? '\u0001\u0001' : '\u0001\u0002'))
}

const EXPONENT_OFFSET = 400

function sortableNumber(value: number): string {
  if (value === 0) return 'o'
  const [mantissa = '', exponent = ''] = Math.abs(value).toExponential(16).split('e')
  const power = String(Number(exponent) + EXPONENT_OFFSET).padStart(3, '0')
  const digits = `${power}${mantissa.replace('.', '')}`
  return value > 0
    ? `p${digits}`
    : `m${digits.replace(/\d/g, (digit) => String(9 - Number(digit)))}`
}

const SURROGATES = 0xe000 - 0xd800
const LAST = 0x10ffff - SURROGATES

/** Every character replaced by the one as far from the end of Unicode. */
function backwards(text: string): string {
  return Array.from(text, (char) => {
    const point = char.codePointAt(0) ?? 0
    const counterpart = LAST - (point >= 0xe000 ? point - SURROGATES : point)
    return String.fromCodePoint(counterpart >= 0xd800 ? counterpart + SURROGATES : counterpart)
  }).join('')
}

/** Compares as Redis does, by UTF-8 bytes, which is by code points. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index)
    const y = b.charCodeAt(index)
    if (x !== y) return codePointRank(x) - codePointRank(y)
  }
  return a.length - b.length
}

/** UTF-16 puts surrogates, which stand for the highest characters, before U+E000. */
function codePointRank(unit: number): number {
  if (unit >= 0xe000) return unit - SURROGATES
  return unit >= 0xd800 ? unit + (0x10000 - 0xe000) : unit
}

/** The member of one of an item's words. */
export function wordMember(word: string, id: string): string {
  return `${word}${END}${idSuffix(id)}`
}

/** Where the words with a beginning lie. */
export function wordBounds(beginning: string): { min: string; max: string } {
  return { min: `[${beginning}`, max: `(${beginning}\u{10ffff}` }
}

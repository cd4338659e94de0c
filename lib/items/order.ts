import type { Collection } from '../collections/define.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { caseless } from './caseless.ts'
import { type Field, type Kind, NUMBER } from './field.ts'
import { LONGEST_INDEXED, readerOf } from './item.ts'

/**
 * Members of the index sorted sets. Every member has score 0, so that Redis keeps them by their
 * bytes, which these encodings make the order of the values: a component for each field, each
 * ended by NUL, then the id, then NUL and the id's length in bytes, for scripts to cut it out.
 *
 * | value | component |
 * |---|---|
 * | number | `n`, `m` or `o` or `p` for its sign, three digits of exponent, 17 of mantissa; those of a negative number are each taken from 9 |
 * | decimal | the same with two digits of length, the digits before the point, those behind it; `~` ends a negative one |
 * | text, time, truth value | `t`, the text with NUL written `\x01\x01` and `\x01` written `\x01\x02` |
 * | one without a text of its own: an empty list, JSON | `y` |
 * | none that is shown | `z`: behind all others |
 *
 * A descending component is the ascending one, NUL included, with every character replaced by its
 * counterpart from the end of Unicode. An item has a member for each entry of a list; nothing is sorted by lists.
 */
export interface Order {
  /** As declared, the first field ascending: `year` or `year,-title`. Names the index. */
  name: string
  parts: readonly { field: string; descending: boolean }[]
  /** Texts are in it without case: for `[ci]`. */
  caseless?: true
}

/** An order and the direction in which it is walked. */
export interface Direction {
  order: Order
  reversed: boolean
}

const END = '\u0000'
const AFTER_END = '\u0001'
const WITHOUT_TEXT = 'y'
const MISSING = 'z'

const encoder = new TextEncoder()
const known = new WeakMap<Collection, readonly Order[]>()

/**
 * Every order that a collection keeps an index of: those it sorts by, and each field that it filters, that
 * is unique, or that refers to items, whose reverse is asked for by it.
 */
export function ordersOf(collection: Collection): readonly Order[] {
  const before = known.get(collection)
  if (before !== undefined) return before
  const { sort = [], filter = [], unique = [] } = collection
  const { fields } = readerOf(collection)
  const references = fields.filter(({ reference }) => reference !== undefined)
  const names = [...sort, ...filter, ...unique, ...references.map(({ name }) => name)]
  const orders = names.map((text) => parseOrder(text).order)
  const without = fields
    .filter((field) => filter.includes(field.name) && isCaseless(collection, field))
    .map(({ name }) => caselessOrder(name))
  const all = [...new Map([...orders, ...without].map((order) => [order.name, order])).values()]
  known.set(collection, all)
  return all
}

/** Whether an index keeps the texts of a field without case. Of a few words the query finds the right ones. */
export function isCaseless({ stamps }: Collection, { name, kind, words }: Field): boolean {
  return kind === 'string' && words === undefined && !(name === 'owner' && stamps?.includes(name))
}

/** The order of a field's texts without case. */
export function caselessOrder(field: string): Order {
  return { name: `${field}[ci]`, parts: [{ field, descending: false }], caseless: true }
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

/** The members of an item in the index of an order: one, or one for each entry of a list. */
export function membersOf(
  collection: Collection,
  order: Order,
  id: string,
  stored: StoredFields,
): string[] {
  const { names, fields, shownAll } = readerOf(collection)
  const suffix = idSuffix(id)
  let heads = ['']
  for (const { field: name, descending } of order.parts) {
    const index = names.indexOf(name)
    const field = fields[index]
    const texts = shownAll(index, stored[index])
    const components = componentsOf(field?.kind ?? 'json', texts, order.caseless === true)
    const tails = descending ? components.map(backwards) : components
    heads = heads.flatMap((head) => tails.map((tail) => head + tail))
  }
  return heads.map((head) => head + suffix)
}

/** The member of an item in the index of an order that lists are sorted by. */
export function memberOf(
  collection: Collection,
  order: Order,
  id: string,
  stored: StoredFields,
): string {
  return membersOf(collection, order, id, stored)[0] ?? ''
}

function componentsOf(
  kind: Kind,
  texts: readonly string[] | undefined,
  isCaseless: boolean,
): string[] {
  if (texts === undefined) return [`${MISSING}${END}`]
  if (texts.length === 0) return [`${WITHOUT_TEXT}${END}`]
  const written = texts.map((text) => component(isCaseless ? caseless(text) : text, kind))
  return written.length === 1 ? written : [...new Set(written)]
}

/** The id and what lets a script find it. */
export function idSuffix(id: string): string {
  return `${id}${END}${encoder.encode(id).length}`
}

/** A stretch of an index, for `ZRANGEBYLEX`. */
export interface Stretch {
  min: string
  max: string
}

/** Every member; those with a value; those without. */
export const ALL: Stretch = { min: '-', max: '+' }
export const WITH_VALUE: Stretch = { min: '-', max: `(${MISSING}` }
export const WITHOUT_VALUE: Stretch = { min: `[${MISSING}`, max: '+' }

/** The id that ends a member. */
export function idOfMember(member: string): string {
  const end = member.lastIndexOf(END)
  const bytes = encoder.encode(member.slice(0, end))
  const length = Number(member.slice(end + END.length))
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.slice(bytes.length - length))
}

/** Where the members of a value begin and end. */
export function boundsOf(
  kind: Kind,
  comparison: 'eq' | 'gt' | 'gte' | 'lt' | 'lte',
  text: string,
): Stretch {
  const base = component(text, kind).slice(0, -END.length)
  const from = `[${base}${END}`
  const behind = `${base}${AFTER_END}`
  // Of a text that was cut, those with the same beginning lie on both sides: the reader decides.
  const cut = isCut(kind, text)
  switch (comparison) {
    case 'eq':
      return { min: from, max: `(${behind}` }
    case 'gt':
      return { min: cut ? from : `[${behind}`, max: WITH_VALUE.max }
    case 'gte':
      return { min: from, max: WITH_VALUE.max }
    case 'lt':
      return { min: '-', max: cut ? `(${behind}` : `(${base}${END}` }
    case 'lte':
      return { min: '-', max: `(${behind}` }
  }
}

/** Whether what an index has of a text is what it has of longer ones, too: only its beginning, or just all of it. */
export function isCut(kind: Kind, text: string): boolean {
  return kind === 'string' && cutText(`${text}.`) === cutText(text)
}

/** What is left and right of some stretches, which are sorted and apart from each other. */
export function besides(stretches: readonly Stretch[]): Stretch[] {
  const starts = ['-', ...stretches.map(({ max }) => max.replace(/^\(/, '['))]
  const ends = [...stretches.map(({ min }) => min.replace(/^\[/, '(')), '+']
  return starts.map((min, at) => ({ min, max: ends[at] ?? '+' }))
}

function component(raw: string, kind: Kind): string {
  if (kind === 'decimal') return `n${sortableDecimal(raw)}${END}`
  if (kind !== 'number') return `t${escapeText(cutText(raw))}${END}`
  return NUMBER.test(raw) && Number.isFinite(Number(raw))
    ? `n${sortableNumber(Number(raw))}${END}`
    : `${MISSING}${END}`
}

function cutText(text: string): string {
  if (text.length <= LONGEST_INDEXED) return text
  // A character has two code units at most: what lies behind is not looked at.
  return [...text.slice(0, 2 * LONGEST_INDEXED)].slice(0, LONGEST_INDEXED).join('')
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
  return value > 0 ? `p${digits}` : `m${fromNine(digits)}`
}

function fromNine(digits: string): string {
  return digits.replace(/\d/g, (digit) => String(9 - Number(digit)))
}

/** A decimal as a text whose order is that of the numbers, whatever zeros it is written with. */
export function sortableDecimal(text: string): string {
  const [, minus, whole = '', fraction = ''] = /^(-?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text) ?? []
  const digits = whole + fraction
  if (digits === '') return 'o'
  const sortable = `${String(whole.length).padStart(2, '0')}${digits}`
  // Behind every digit: of two negative ones the longer is the smaller.
  return minus === '-' ? `m${fromNine(sortable)}~` : `p${sortable}`
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

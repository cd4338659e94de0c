import { createHash } from 'node:crypto'
import type { Collection } from '../lib/collections/define.ts'
import type { InputFault } from '../lib/contract/problems.ts'
import { accept, type Field, isJson, scalarOf, storedText } from '../lib/items/field.ts'
import { readerOf } from '../lib/items/item.ts'
import { uniquesOf } from '../lib/items/unique.ts'
import { parseId } from '../lib/items/write-input.ts'
import { type Columns, listed } from './columns.ts'
import { jsonOf } from './json-values.ts'
import {
  type Entry,
  type Fault,
  type Found,
  type FoundRow,
  type Reject,
  type Row,
  rejectOf,
} from './rows.ts'
import { Seen } from './seen.ts'
import { named, shown, type TextOf, textOf } from './values.ts'

/**
 * Tells the records that fit a collection from those that do not. A record that fits is stored as it
 * is: nothing is cut, trimmed or normalised.
 */
export class Sieve {
  readonly #collection: Collection
  readonly #columns: Columns
  readonly #ids = new Seen()
  /** How often an id was made of the same words. */
  readonly #copies = new Seen()
  /** All ids that were made of texts, those of rejects included. */
  readonly #taken = new Seen()
  /** By index and member the line of the first row that has a unique value, or which row it is. */
  readonly #first = new Seen()

  constructor(collection: Collection, columns: Columns) {
    this.#collection = collection
    this.#columns = columns
  }

  /** @param row Which record it is, from 1. */
  sift(found: Found, row: number): Entry | Reject {
    if ('fault' in found) return rejectOf(found, row, { reason: found.fault })
    const { ids } = this.#columns
    // Also of a row that does not fit: the ids of those behind it stay the same when it is mended.
    const made = ids.from === 'text' ? this.#idOfText(found.row[ids.column], row) : undefined
    const outcome = candidate(this.#collection, found, this.#columns)
    if ('reason' in outcome) return rejectOf(found, row, outcome)
    const { stored, bytes } = outcome
    const id = outcome.id ?? made ?? this.#idOf(stored, row)
    if (this.#ids.get(id) !== undefined) {
      const column = ids.from === 'column' ? ids.column : 'id'
      const reason = `${named(column)}: occurs before`
      return rejectOf(found, row, { reason, example: shown(id) })
    }
    const clash = this.#clashOf(id, stored, { found, row })
    if (clash !== undefined) return rejectOf(found, row, clash)
    this.#ids.set(id)
    return { id, stored, bytes, found, row }
  }

  /** What is wrong with a row that has a unique value of a row before. */
  #clashOf(
    id: string,
    stored: Entry['stored'],
    { found: { line }, row }: Pick<Entry, 'found' | 'row'>,
  ): Fault | undefined {
    // Values as an index has them: 1 and 1.0 are one number.
    const uniques = uniquesOf(this.#collection, id, undefined, stored)
    for (const { key, min, field, filter } of uniques) {
      const first = this.#first.get(`${key} ${min}`)
      if (first === undefined) continue
      const [value = ''] = filter.texts
      return {
        reason: `${field}: is unique, and a row before has it`,
        example: shown(value),
        detail: `${line === undefined ? 'row' : 'line'} ${first} has it first`,
      }
    }
    for (const { key, min } of uniques) this.#first.set(`${key} ${min}`, line ?? row)
    return undefined
  }

  #idOf(stored: Entry['stored'], row: number): string {
    return this.#columns.ids.from === 'row number' ? idOfRow(row) : madeUpId(stored, this.#copies)
  }

  /** `sao-paulo`, and `sao-paulo-2` for the second. */
  #idOfText(value: unknown, row: number): string {
    const text = value === null || value === undefined ? { text: '' } : textOf(value, 'string')
    const words = ('text' in text && slug(text.text)) || idOfRow(row)
    for (let copy = (this.#copies.get(words) ?? 0) + 1; ; copy++) {
      const id = copy === 1 ? words : `${words}-${copy}`
      if (this.#taken.get(id) !== undefined) continue
      this.#copies.set(words, copy)
      this.#taken.set(id)
      return id
    }
  }
}

type Candidate = Pick<Entry, 'stored' | 'bytes'> & { id: string | undefined }

function candidate(
  collection: Collection,
  { row, isOfTexts }: FoundRow,
  columns: Columns,
): Candidate | Fault {
  const values = valuesOf(row, columns)
  if ('reason' in values) return values
  const id = idOf(collection, row, columns.ids.from === 'column' ? columns.ids.column : undefined)
  if ('reason' in id) return id
  const stored: Entry['stored'] = []
  let bytes = 0
  for (const field of readerOf(collection).fields) {
    const { name } = field
    const isNull = isOfTexts !== true && values.nulls.has(name) && takesNull(field)
    const value = values.fields.get(name) ?? (isNull ? null : undefined)
    // What the words of a command set is a text, as a cell is.
    const kept = keptText(field, value, isOfTexts === true || columns.set.has(name))
    if ('fault' in kept) {
      return value === undefined
        ? { reason: `${name}: missing` }
        : { reason: `${name}: does not fit: ${kept.fault}`, example: shown(value) }
    }
    stored.push(kept.text)
    bytes += Buffer.byteLength(kept.text ?? '')
  }
  if (stored.every((text) => text === undefined)) return { reason: 'no field has a value' }
  if (bytes > MOST_BYTES) return { reason: `is larger than ${MOST_BYTES} bytes` }
  return { id: id.text, stored, bytes }
}

/** What a store takes in one request is limited; one row must be far below it. */
const MOST_BYTES = 1_048_576

/** The values of a row by field, or which of its columns are none. */
function valuesOf(
  row: Row,
  columns: Columns,
): { fields: Map<string, unknown>; nulls: Set<string> } | Fault {
  const fields = new Map<string, unknown>()
  const nulls = new Set<string>()
  const unknown: string[] = []
  for (const [column, value] of Object.entries(row)) {
    if (!column.isWellFormed()) {
      return {
        reason: 'a column has a name that is not well-formed Unicode',
        example: shown(column),
      }
    }
    if (value === null) nulls.add(columns.fieldOf(column) ?? '')
    if (value === null || value === undefined || columns.isEmpty(column, value)) continue
    const field = columns.fieldOf(column)
    if (field === undefined) {
      if (!columns.isKnown(column)) unknown.push(column)
    } else if (fields.has(field)) {
      return { reason: `${field}: two columns are this field` }
    } else {
      fields.set(field, value)
    }
  }
  if (unknown.length > 0) {
    const are = unknown.length === 1 ? 'not a field' : 'not fields'
    return { reason: `${listed(unknown)}: ${are} of the collection` }
  }
  for (const [field, value] of columns.set) fields.set(field, value)
  return { fields, nulls }
}

/** Whether null is a value of a field, and not the want of one. */
function takesNull(field: Field): boolean {
  const isAny = field.kind === 'json' && !field.isList && !field.isNullable
  return isAny && accept(field, null).ok
}

/** The text that is stored of a value, or why the field cannot have it. */
function keptText(
  field: Field,
  value: unknown,
  isText: boolean,
): TextOf | { text: string | undefined } {
  if (value === undefined) {
    const parsed = accept(field, field.isNullable ? null : undefined)
    return parsed.ok ? { text: undefined } : { fault: 'missing' }
  }
  if (isJson(field)) {
    const json = jsonOf(value, isText)
    if ('fault' in json) return json
    const parsed = accept(field, json.value)
    if (!parsed.ok) return { fault: faultOf(parsed.errors) }
    return { text: storedText(field, parsed.value) }
  }
  const text = textOf(value, field.kind)
  if ('fault' in text) return text
  const parsed = accept(field, scalarOf(text.text, field.kind))
  if (!parsed.ok) return { fault: faultOf(parsed.errors) }
  // A time is kept in UTC; the digits of a number as they are.
  return typeof parsed.value === 'string' ? { text: parsed.value } : text
}

function faultOf(errors: readonly InputFault[] = []): string {
  const [{ pointer = '#', message = 'is refused' } = {}] = errors
  return pointer === '#' ? message : `${pointer.slice(1)} ${message}`
}

function idOf(
  collection: Collection,
  row: Row,
  column: string | undefined,
): { text: string | undefined } | Fault {
  if (column === undefined) return { text: undefined }
  const value = (Object.hasOwn(row, column) ? row[column] : undefined) ?? ''
  const id = textOf(value, 'string')
  const unfit = 'fault' in id ? id.fault : idFault(id.text, collection)
  if ('text' in id && unfit === undefined) return id
  const reason = `${named(column)}: ${unfit}`
  return value === '' ? { reason } : { reason, example: shown(value) }
}

/** Why a text can be no id of a collection. */
export function idFault(id: string, { prefix }: Collection): string | undefined {
  if (id.trim() === '') return 'missing'
  const parsed = parseId(id)
  if (!parsed.ok) return parsed.errors?.[0]?.message ?? 'cannot be an id'
  if (/\p{Cc}/u.test(id)) return 'has a control character'
  // A URL reads the prefix as the long spelling of an id.
  return id.startsWith(prefix) ? `begins with the key prefix ${prefix}` : undefined
}

/** So that the order of the ids is that of the rows, also when more are added. */
const ROW_DIGITS = 6

function idOfRow(row: number): string {
  return String(row).padStart(ROW_DIGITS, '0')
}

const LONGEST_SLUG = 80

/** The words of a text in small letters, joined by hyphens; accents of Latin letters are left out. */
function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
  const words = plain.replace(/[^\p{L}\p{M}\p{N}]+/gu, '-').replace(/^-|-$/g, '')
  return [...words].slice(0, LONGEST_SLUG).join('').replace(/-$/, '')
}

/** 96 bits, in hexadecimal. */
const ID_LENGTH = 24

/**
 * An id made of what the row says, so that loading its file again finds the same item; rows that say
 * the same are told apart by their number.
 */
function madeUpId(stored: Entry['stored'], copies: Seen): string {
  const words = JSON.stringify(stored)
  const first = digest(words)
  const copy = copies.get(first) ?? 0
  copies.set(first, copy + 1)
  return copy === 0 ? first : digest(`${copy} ${words}`)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, ID_LENGTH)
}

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
import { named, shown, type TextOf, textOf } from './values.ts'

/** The records of a source: those that can be stored, and those that cannot. */
export interface Sifted {
  entries: Entry[]
  rejects: Reject[]
  total: number
}

/**
 * Tells the records that fit a collection from those that do not. A record that fits is stored as it
 * is: nothing is cut, trimmed or normalised.
 */
export function sift(collection: Collection, found: readonly Found[], columns: Columns): Sifted {
  const entries = new Map<string, Entry>()
  const rejects: Reject[] = []
  const copies = new Map<string, number>()
  const first = new Map<string, Entry>()
  for (const [index, each] of found.entries()) {
    const reject = (fault: Fault): void => void rejects.push(rejectOf(each, index + 1, fault))
    if ('fault' in each) {
      reject({ reason: each.fault })
      continue
    }
    const outcome = candidate(collection, each, columns)
    if ('reason' in outcome) {
      reject(outcome)
      continue
    }
    const { stored, bytes } = outcome
    const id = outcome.id ?? madeUpId(stored, copies)
    if (entries.has(id)) {
      reject({ reason: `${named(columns.id ?? 'id')}: occurs before`, example: shown(id) })
      continue
    }
    const entry = { id, stored, bytes, found: each, row: index + 1 }
    // Values as an index has them: 1 and 1.0 are one number.
    const uniques = uniquesOf(collection, id, undefined, stored)
    const twice = uniques.find(({ key, min }) => first.has(`${key} ${min}`))
    if (twice !== undefined) {
      const { row, found } = first.get(`${twice.key} ${twice.min}`) ?? entry
      const place = found.line === undefined ? `row ${row}` : `line ${found.line}`
      const [value = ''] = twice.filter.texts
      reject({
        reason: `${twice.field}: is unique, and a row before has it`,
        example: shown(value),
        detail: `${place} has it first`,
      })
      continue
    }
    for (const { key, min } of uniques) first.set(`${key} ${min}`, entry)
    entries.set(id, entry)
  }
  return { entries: [...entries.values()], rejects, total: found.length }
}

type Candidate = Pick<Entry, 'stored' | 'bytes'> & { id: string | undefined }

function candidate(
  collection: Collection,
  { row, isOfTexts }: FoundRow,
  columns: Columns,
): Candidate | Fault {
  const values = valuesOf(row, columns)
  if ('reason' in values) return values
  const id = idOf(collection, row, columns.id)
  if ('reason' in id) return id
  const stored: Entry['stored'] = []
  let bytes = 0
  for (const field of readerOf(collection).fields) {
    const { name } = field
    const value = values.fields.get(name)
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
function valuesOf(row: Row, columns: Columns): { fields: Map<string, unknown> } | Fault {
  const fields = new Map<string, unknown>()
  const unknown: string[] = []
  for (const [column, value] of Object.entries(row)) {
    if (!column.isWellFormed()) {
      return {
        reason: 'a column has a name that is not well-formed Unicode',
        example: shown(column),
      }
    }
    if (value === null || value === undefined) continue
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
  return { fields }
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

function idFault(id: string, { prefix }: Collection): string | undefined {
  if (id.trim() === '') return 'missing'
  const parsed = parseId(id)
  if (!parsed.ok) return parsed.errors?.[0]?.message ?? 'cannot be an id'
  if (/\p{Cc}/u.test(id)) return 'has a control character'
  // A URL reads the prefix as the long spelling of an id.
  return id.startsWith(prefix) ? `begins with the key prefix ${prefix}` : undefined
}

/** 96 bits, in hexadecimal. */
const ID_LENGTH = 24

/**
 * An id made of what the row says, so that loading its file again finds the same item; rows that say
 * the same are told apart by their number.
 */
function madeUpId(stored: Entry['stored'], copies: Map<string, number>): string {
  const words = JSON.stringify(stored)
  const first = digest(words)
  const copy = copies.get(first) ?? 0
  copies.set(first, copy + 1)
  return copy === 0 ? first : digest(`${copy} ${words}`)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, ID_LENGTH)
}

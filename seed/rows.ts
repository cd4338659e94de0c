import type { Collection } from '../lib/collections/define.ts'
import { readerOf } from '../lib/collections/item.ts'
import { parseId } from '../lib/collections/write-input.ts'

/** One record as it was found: any columns, any values. */
export type Row = Record<string, unknown>

/** A row that can be stored: an id and the declared fields as text. */
export interface Entry {
  id: string
  fields: Record<string, string>
}

/** A row that cannot, and why; `row` counts from 1. */
export interface Reject {
  row: number
  reason: string
  data: unknown
}

/**
 * Turns a row into an entry of a collection: every column must be a declared field whose value fits
 * its schema; null and '' are no value.
 *
 * @param idColumn The column that holds the id.
 * @returns The entry, or the reason why there is none.
 */
export function entryOf(collection: Collection, row: Row, idColumn = 'id'): Entry | string {
  const { [idColumn]: rawId, ...rest } = row
  const id = rawId === undefined || rawId === null ? '' : String(rawId).normalize('NFC').trim()
  const fault = idFault(id, collection)
  if (fault !== undefined) return `${idColumn}: ${fault}`

  const reader = readerOf(collection)
  const fields: Record<string, string> = {}
  for (const [name, value] of Object.entries(rest)) {
    if (value === null || value === undefined || value === '') continue
    if (!reader.names.includes(name)) return `${name}: not a field of the collection`
    fields[name] = typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  const { item, faulty } = reader.decode(
    id,
    reader.names.map((name) => fields[name]),
  )
  if (faulty.length > 0) return `${faulty.join(', ')}: missing or does not fit`
  if (item === undefined) return 'no field has a value'
  return { id, fields }
}

function idFault(id: string, { prefix }: Collection): string | undefined {
  if (id === '') return 'missing'
  if (/\p{Cc}/u.test(id)) return 'has a control character'
  const parsed = parseId(id)
  if (!parsed.ok) return parsed.errors?.[0]?.message ?? 'cannot be an id'
  // A URL reads the prefix as the long spelling of an id.
  return id.startsWith(prefix) ? `begins with the key prefix ${prefix}` : undefined
}

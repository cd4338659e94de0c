import type { Collection } from '../../lib/collections/define.ts'
import { accept, type Field, isJson, parseStored, scalarOf } from '../../lib/items/field.ts'
import { isThere } from '../../lib/items/indexing.ts'
import { readerOf } from '../../lib/items/item.ts'
import type { Inspected } from '../../lib/store/inspection.ts'
import type { StoredFields } from '../../lib/store/stored-fields.ts'
import { idFault } from '../sift.ts'
import { shown } from '../values.ts'
import { type Mended, mend } from './mend.ts'

/** What is wrong with a key, in words of which many keys may have the same. */
export interface KeyFault {
  reason: string
  /** The value that the reason is about. */
  example: string | undefined
}

/** What is found of a key of a collection. */
export interface Checked {
  faults: KeyFault[]
  /** The values with those that can be converted; undefined where none can. */
  mended: StoredFields | undefined
  /** Whether it fits when those are converted. */
  fitsThen: boolean
  others: readonly string[]
}

/** Tells what of a key does not fit its collection. */
export function checkKey(collection: Collection, id: string, found: Inspected): Checked {
  const { type, fields: stored, others } = found
  if (type === 'none') return fitting([])
  if (type !== 'hash') return unfit(`its key holds a ${type}, and no hash: not served`)
  if (id.includes('\ufffd')) return unfit('its key has bytes that are no UTF-8: not served')
  const fault = idFault(id, collection)
  if (fault !== undefined) return unfit(`id: ${fault}: not served`)
  if (!isThere(stored)) return { ...unfit('no field has a value: not served'), others }
  const isServed = readerOf(collection).decode(id, stored).item !== undefined
  const checked: Checked = fitting(others)
  const next = [...stored]
  let left = 0
  for (const [index, field] of readerOf(collection).fields.entries()) {
    const raw = stored[index]
    if (parseStored(field, raw).fits) continue
    const way = isServed ? 'left out of the item' : 'the item is not served'
    checked.faults.push({
      reason: `${field.name}: ${reasonOf(field, raw)}: ${way}`,
      example: exampleOf(raw),
    })
    const mended: Mended | undefined = raw === undefined ? undefined : mend(field, raw)
    if (mended === undefined) {
      left++
      continue
    }
    next[index] = mended.text
    checked.mended = next
  }
  checked.fitsThen = left === 0
  return checked
}

function fitting(others: readonly string[]): Checked {
  return { faults: [], mended: undefined, fitsThen: true, others }
}

function unfit(reason: string): Checked {
  return {
    faults: [{ reason, example: undefined }],
    mended: undefined,
    fitsThen: false,
    others: [],
  }
}

function exampleOf(raw: string | undefined): string | undefined {
  return raw === undefined ? undefined : shown(raw)
}

/** Why a stored text is no value of its field. */
function reasonOf(field: Field, raw: string | undefined): string {
  if (raw === undefined) return 'missing'
  const given = isJson(field) ? jsonIn(raw) : { value: scalarOf(raw, field.kind) }
  if (given === undefined) return 'is not JSON'
  const accepted = accept(field, given.value)
  if (accepted.ok) return 'does not fit'
  const [{ pointer = '#', message = 'does not fit' } = {}] = accepted.errors ?? []
  // Entries are counted as one: their places differ.
  return pointer === '#' ? message : `an entry ${message}`
}

function jsonIn(raw: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(raw) }
  } catch {
    return undefined
  }
}

import type { Collection } from '../lib/collections/define.ts'
import { readerOf } from '../lib/items/item.ts'
import { FileFault, type Rows } from './rows.ts'
import { named } from './values.ts'

/** What the words of a command say about a source's columns. */
export interface ColumnOptions {
  /** The column that holds the id. */
  id?: string | undefined
  /** The column whose text ids are made of. */
  idFrom?: string | undefined
  /** Whether the number of a row is its id. */
  isNumbered?: boolean
  /** Columns by another name than their field's; `id` is one, too. */
  map: ReadonlyMap<string, string>
  /** Values that every record gets, by field, in place of its own. */
  set: ReadonlyMap<string, string>
  /** Words of a column that stand for no value. */
  empty: ReadonlyMap<string, ReadonlySet<string>>
  skipUnknown: boolean
}

export const PLAIN_COLUMNS: ColumnOptions = {
  map: new Map(),
  set: new Map(),
  empty: new Map(),
  skipUnknown: false,
}

/** What a record's id is. */
export type Ids =
  | { from: 'column'; column: string }
  /** Made of a column's text. */
  | { from: 'text'; column: string }
  | { from: 'row number' }
  /** Made of all that the record says. */
  | { from: 'whole row' }

/** Where the id and the fields of a collection stand in a source. */
export interface Columns {
  ids: Ids
  /** The field of a column, if it is one. */
  fieldOf(column: string): string | undefined
  /** Whether a column may be there: it is read, or was asked to be left out. */
  isKnown(column: string): boolean
  /** Whether a value of a column stands for none. */
  isEmpty(column: string, value: unknown): boolean
  set: ReadonlyMap<string, string>
}

/**
 * Finds the columns of a collection in a source.
 *
 * @param there The columns that the source has.
 * @throws FileFault when a column that the options name is not there.
 */
export function findColumns(
  collection: Collection,
  there: ReadonlySet<string>,
  options: ColumnOptions,
): Columns {
  const { id, idFrom, map, set, empty, skipUnknown } = options
  const { names } = readerOf(collection)
  for (const column of [id, idFrom, ...map.keys(), ...empty.keys()]) {
    if (column === undefined || there.has(column)) continue
    throw new FileFault(`has no column ${named(column)}. Its columns: ${listed(there)}`)
  }
  const ids = idsOf(there, options)
  const fieldOf = (column: string): string | undefined => {
    const field = map.get(column) ?? column
    return names.includes(field) ? field : undefined
  }
  const idColumn = 'column' in ids ? ids.column : undefined
  return {
    ids,
    fieldOf,
    isKnown: (column) => skipUnknown || column === idColumn || fieldOf(column) !== undefined,
    isEmpty: (column, value) => typeof value === 'string' && empty.get(column)?.has(value) === true,
    set,
  }
}

function idsOf(there: ReadonlySet<string>, { id, idFrom, isNumbered, map }: ColumnOptions): Ids {
  if (idFrom !== undefined) return { from: 'text', column: idFrom }
  if (isNumbered === true) return { from: 'row number' }
  const mapped = [...map].find(([, field]) => field === 'id')?.[0]
  const own = there.has('id') && !map.has('id') ? 'id' : undefined
  const column = id ?? mapped ?? own
  return column === undefined ? { from: 'whole row' } : { from: 'column', column }
}

/** What is wrong with the fields that `--map` and `--set` name. */
export function optionFault(
  collection: Collection,
  { id, idFrom, isNumbered, map, set }: ColumnOptions,
): string | undefined {
  const { names } = readerOf(collection)
  const fields = [...map.values()]
  const unknown =
    fields.find((field) => field !== 'id' && !names.includes(field)) ??
    [...set.keys()].find((field) => !names.includes(field))
  if (unknown !== undefined) {
    return `${named(unknown)} is not a field of ${collection.name}: ${names.join(', ')}.`
  }
  const twice = fields.find((field, at) => fields.indexOf(field) !== at)
  if (twice !== undefined) return `--map gives ${twice} two columns.`
  const ways = [id !== undefined, idFrom !== undefined, isNumbered === true, fields.includes('id')]
  return ways.filter(Boolean).length > 1
    ? 'Say once where the id comes from: --id, --id-from, --id-of-row or --map.'
    : undefined
}

/** How many records a source has, and their columns in the order in which they are met. */
export interface Survey {
  total: number
  columns: ReadonlySet<string>
}

/**
 * Reads a source to its end: what is wrong with it as a whole is known before anything is written.
 *
 * @throws FileFault
 */
export function survey(rows: Rows): Survey {
  const columns = new Set<string>()
  let total = 0
  for (const each of rows()) {
    total++
    if ('row' in each) for (const column of Object.keys(each.row)) columns.add(column)
  }
  if (total === 0) throw new FileFault('has no rows')
  return { total, columns }
}

const MOST_LISTED = 30

/** Names for the screen. */
export function listed(names: Iterable<string>): string {
  const all = [...names].map(named)
  const more = all.length - MOST_LISTED
  return all.slice(0, MOST_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

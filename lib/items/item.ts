import type { Collection } from '../collections/define.ts'
import { z } from '../collections/schema.ts'
import { sha256 } from '../hash.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { type Field, isJson, natureOf, parseStored } from './field.ts'

/** An item on the wire: its id and the declared fields, in their declared types. */
export type Item = { id: string } & Record<string, unknown>

/** A hash as an item, if it is one; `faulty` names the fields that do not fit their schema. */
export interface Decoded {
  item: Item | undefined
  faulty: string[]
}

interface Reader {
  names: readonly string[]
  /** In the order of the names. */
  fields: readonly Field[]
  /** The stored values that fit, by field, in their types; also of a hash that is no whole item. */
  readable(stored: StoredFields): [name: string, value: unknown][]
  /**
   * The values that a field shows, as texts: what is stored where it fits, the default where nothing is
   * stored, {@link HIDDEN_OWNER} for an address. A list shows those of its entries, other JSON none.
   * Undefined where there is no value. Filters, orders, indexes and search go by it.
   */
  shownAll(index: number, raw: string | undefined): readonly string[] | undefined
  /** The same of a field that has one value. */
  shown(index: number, raw: string | undefined): string | undefined
  /** What `q=` finds of a field: of JSON the texts and numbers in it. */
  searched(index: number, raw: string | undefined): string
  /** The stored values that an entity tag is of, also those that do not fit. */
  tagged(stored: StoredFields): (string | null)[]
  decode(id: string, stored: StoredFields): Decoded
}

const readers = new WeakMap<Collection, Reader>()

/** So many characters of a text are in an index; the order of the rest is that of the ids. */
export const LONGEST_INDEXED = 200

/** The most entries of a list that lists are filtered by: each is a member of an index. */
export const MOST_FILTERED_ENTRIES = 1_000

/**
 * The reader of a collection's hashes, made once.
 *
 * Redis holds strings alone, and people type hashes by hand. A field that does not fit its schema
 * is left out and named in `faulty`; where that leaves a required field missing, there is no item.
 */
export function readerOf(collection: Collection): Reader {
  const known = readers.get(collection)
  if (known !== undefined) return known

  const { filter = [], unique = [] } = collection
  const fields = Object.entries(collection.fields(z)).map(([name, schema]): Field => {
    const nature = natureOf(schema)
    const isText = nature.kind === 'string' && !nature.isList
    return {
      ...nature,
      name,
      schema,
      mostEntries: nature.isList && filter.includes(name) ? MOST_FILTERED_ENTRIES : undefined,
      mostCharacters: isText && unique.includes(name) ? LONGEST_INDEXED : undefined,
    }
  })
  const hidden = fields.map(({ name }) => hidesAddresses(collection, name))
  const isAddress = (index: number, raw: string | undefined): boolean =>
    hidden[index] === true && raw?.includes('@') === true
  const parse = (index: number, raw: string | undefined): unknown => {
    const field = fields[index]
    const parsed = field === undefined ? undefined : parseStored(field, raw)
    return parsed?.fits === true ? (parsed.value ?? undefined) : undefined
  }
  const reader: Reader = {
    names: fields.map((field) => field.name),
    fields,
    readable: (stored) =>
      fields.flatMap((field, index): [string, unknown][] => {
        const raw = stored[index]
        const parsed = parseStored(field, raw)
        const isThere = raw !== undefined || field.isNullable
        return isThere && parsed.fits ? [[field.name, parsed.value]] : []
      }),
    shownAll: (index, raw) => {
      const value = parse(index, raw)
      if (value === undefined) return undefined
      if (isAddress(index, raw)) return [HIDDEN_OWNER]
      const { kind, isList } = fields[index] ?? { kind: 'json', isList: false }
      if (isList && Array.isArray(value)) return textsOf(value)
      if (kind === 'json') return []
      // The digits of a number as they are stored.
      return [typeof value === 'string' ? value : (raw ?? String(value))]
    },
    shown: (index, raw) => reader.shownAll(index, raw)?.[0],
    searched: (index, raw) => {
      const field = fields[index]
      if (field === undefined || !isJson(field)) return reader.shown(index, raw) ?? ''
      return wordsIn(parse(index, raw)).join(' ')
    },
    tagged: (stored) =>
      stored.map((raw, index) => (isAddress(index, raw) ? HIDDEN_OWNER : (raw ?? null))),
    decode: (id, stored) => {
      const faulty: string[] = []
      // A hash with none of the declared fields is not one of these items, nor is a missing one.
      if (stored.every((value) => value === undefined)) return { item: undefined, faulty }
      const entries: [string, unknown][] = [['id', id]]
      let complete = true
      for (const [index, field] of fields.entries()) {
        const raw = stored[index]
        const parsed = parseStored(field, raw)
        if (parsed.fits) {
          const shown = isAddress(index, raw) ? HIDDEN_OWNER : parsed.value
          if (shown !== undefined) entries.push([field.name, shown])
          continue
        }
        faulty.push(field.name)
        // It is left out, and null says so where null can be.
        if (field.isNullable) entries.push([field.name, null])
        complete &&= parseStored(field, undefined).fits
      }
      return { item: complete ? (Object.fromEntries(entries) as Item) : undefined, faulty }
    },
  }
  readers.set(collection, reader)
  return reader
}

/** The entries of a list, as texts; null is none. */
function textsOf(list: readonly unknown[]): string[] {
  return list.filter((entry) => entry !== null && entry !== undefined).map(String)
}

/** The texts and numbers in a value of JSON. */
function wordsIn(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(wordsIn)
}

/**
 * Whether a field holds owners. An item from before accounts had ids names its owner's address, and
 * {@link HIDDEN_OWNER} takes its place in everything that follows from the value: an order, a filter or
 * an entity tag would let a stranger confirm a guess, or find the address letter by letter.
 */
export function hidesAddresses({ stamps }: Collection, field: string): boolean {
  return field === 'owner' && stamps?.includes(field) === true
}

/** Stands for an owner who is known by an address alone. */
export const HIDDEN_OWNER = 'u_0000000000000000'

/**
 * The entity tag of an item: of its declared fields as they are stored, but for an owner's address, and
 * of the fields that were chosen of them.
 *
 * @see RFC 9110 §8.8.3
 */
export async function itemTag(
  collection: Collection,
  stored: StoredFields,
  chosen: readonly string[] | undefined,
): Promise<string> {
  const words = JSON.stringify(readerOf(collection).tagged(stored))
  const hash = await sha256(chosen === undefined ? words : `${chosen.join()} ${words}`)
  return `"${hash.slice(0, TAG_LENGTH)}"`
}

/** 128 bits. */
const TAG_LENGTH = 22

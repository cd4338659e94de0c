import type { ZodMiniType } from 'zod/mini'
import type { Collection } from '../collections/define.ts'
import { z } from '../collections/schema.ts'
import { sha256 } from '../hash.ts'
import type { StoredFields } from '../store/items.ts'

/** An item on the wire: its id and the declared fields, in their declared types. */
export type Item = { id: string } & Record<string, unknown>

interface Reader {
  names: readonly string[]
  kinds: readonly Kind[]
  schemas: readonly ZodMiniType[]
  /** The stored values that fit, by field, in their types; also of a hash that is no whole item. */
  readable(stored: StoredFields): [name: string, value: unknown][]
  /**
   * The value that a field shows, as text: what is stored where it fits, the default where nothing is
   * stored, {@link HIDDEN_OWNER} for an address. Filters, orders, indexes and search go by it.
   */
  shown(index: number, raw: string | undefined): string | undefined
  /** The stored values that an entity tag is of, also those that do not fit. */
  tagged(stored: StoredFields): (string | null)[]
  decode(id: string, stored: StoredFields): { item: Item | undefined; faulty: string[] }
}

const readers = new WeakMap<Collection, Reader>()

/**
 * The reader of a collection's hashes, made once.
 *
 * Redis holds strings alone, and people type hashes by hand. A field that does not fit its schema
 * is left out and named in `faulty`; where that leaves a required field missing, there is no item.
 */
export function readerOf(collection: Collection): Reader {
  const known = readers.get(collection)
  if (known !== undefined) return known

  const fields = Object.entries(collection.fields(z)).map(([name, schema]) => ({
    name,
    schema,
    kind: kindOf(schema),
    absent: defaultOf(schema),
  }))
  const hidden = fields.map(({ name }) => hidesAddresses(collection, name))
  const isAddress = (index: number, raw: string | undefined): boolean =>
    hidden[index] === true && raw?.includes('@') === true
  const reader: Reader = {
    names: fields.map((field) => field.name),
    kinds: fields.map((field) => field.kind),
    schemas: fields.map((field) => field.schema),
    readable: (stored) =>
      fields.flatMap(({ name, schema, kind }, index): [string, unknown][] => {
        const raw = stored[index]
        const parsed = schema.safeParse(raw === undefined ? undefined : fromText(raw, kind))
        return parsed.success && raw !== undefined ? [[name, parsed.data]] : []
      }),
    shown: (index, raw) => {
      const field = fields[index]
      if (field === undefined || raw === undefined) return field?.absent
      if (!field.schema.safeParse(fromText(raw, field.kind)).success) return undefined
      return isAddress(index, raw) ? HIDDEN_OWNER : raw
    },
    tagged: (stored) =>
      stored.map((raw, index) => (isAddress(index, raw) ? HIDDEN_OWNER : (raw ?? null))),
    decode: (id, stored) => {
      const faulty: string[] = []
      // A hash with none of the declared fields is not one of these items, nor is a missing one.
      if (stored.every((value) => value === undefined)) return { item: undefined, faulty }
      const entries: [string, unknown][] = [['id', id]]
      let complete = true
      for (const [index, { name, schema, kind }] of fields.entries()) {
        const raw = stored[index]
        const parsed = schema.safeParse(raw === undefined ? undefined : fromText(raw, kind))
        if (parsed.success) {
          const shown = isAddress(index, raw) ? HIDDEN_OWNER : parsed.data
          if (shown !== undefined) entries.push([name, shown])
          continue
        }
        faulty.push(name)
        complete &&= schema.safeParse(undefined).success
      }
      return { item: complete ? (Object.fromEntries(entries) as Item) : undefined, faulty }
    },
  }
  readers.set(collection, reader)
  return reader
}

/** The default of a field, as text: it is shown when nothing is stored. */
function defaultOf(schema: ZodMiniType): string | undefined {
  const { data } = schema.safeParse(undefined)
  return data === undefined ? undefined : String(data)
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

export type Kind = 'string' | 'number' | 'boolean'

function kindOf(schema: ZodMiniType): Kind {
  const { def } = schema._zod
  if ('innerType' in def) return kindOf(def.innerType as ZodMiniType)
  return def.type === 'number' || def.type === 'boolean' ? def.type : 'string'
}

/** How a number is written: as JSON writes it (RFC 8259 §6). */
export const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

export function fromText(raw: string, kind: Kind): unknown {
  if (kind === 'number') return NUMBER.test(raw) ? Number(raw) : raw
  if (kind === 'boolean') return raw === 'true' || raw === 'false' ? raw === 'true' : raw
  return raw
}

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

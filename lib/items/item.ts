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
   * stored. Filters, orders and search go by it.
   */
  shown(index: number, raw: string | undefined): string | undefined
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
  const stamps: readonly string[] = collection.stamps ?? []
  // An item from before accounts had ids has its owner's address, which is shown to nobody.
  const isAddress = (name: string, raw: string | undefined): boolean =>
    name === 'owner' && stamps.includes(name) && raw?.includes('@') === true
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
      return field.schema.safeParse(fromText(raw, field.kind)).success ? raw : undefined
    },
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
          const shown = isAddress(name, raw) ? HIDDEN_OWNER : parsed.data
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

/** Shown in the place of an owner whose record has only an address. */
const HIDDEN_OWNER = 'u_0000000000000000'

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
 * The entity tag of an item: of its declared fields as they are stored, and of the fields that were
 * chosen of them.
 *
 * @see RFC 9110 §8.8.3
 */
export async function itemTag(
  stored: StoredFields,
  chosen: readonly string[] | undefined,
): Promise<string> {
  const words = JSON.stringify(stored.map((value) => value ?? null))
  const hash = await sha256(chosen === undefined ? words : `${chosen.join()} ${words}`)
  return `"${hash.slice(0, TAG_LENGTH)}"`
}

/** 128 bits. */
const TAG_LENGTH = 22

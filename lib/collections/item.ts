import type { ZodMiniType } from 'zod/mini'
import type { StoredFields } from '../store/items.ts'
import type { Collection } from './define.ts'
import { z } from './schema.ts'

/** An item on the wire: its id and the declared fields, in their declared types. */
export type Item = { id: string } & Record<string, unknown>

interface Reader {
  names: readonly string[]
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
  }))
  const reader: Reader = {
    names: fields.map((field) => field.name),
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
          if (parsed.data !== undefined) entries.push([name, parsed.data])
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

type Kind = 'string' | 'number' | 'boolean'

function kindOf(schema: ZodMiniType): Kind {
  const { def } = schema._zod
  if ('innerType' in def) return kindOf(def.innerType as ZodMiniType)
  return def.type === 'number' || def.type === 'boolean' ? def.type : 'string'
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

function fromText(raw: string, kind: Kind): unknown {
  if (kind === 'number') return NUMBER.test(raw) ? Number(raw) : raw
  if (kind === 'boolean') return raw === 'true' || raw === 'false' ? raw === 'true' : raw
  return raw
}

import type { Collection } from './define.ts'
import { TYPE_NAMES, z } from './schema.ts'

/**
 * What is wrong with the types of a collection's fields, in a sentence for each.
 *
 * The compiler refuses such a collection, but not every command compiles. Without this check it fails
 * at its first use, with an error of JavaScript that names neither field nor file.
 */
export function declarationFaults(collection: Collection): string[] {
  const file = `lib/collections/${collection.name}.ts`
  const types = `The types are ${TYPE_NAMES.map((name) => `z.${name}`).join(', ')}.`
  const unknown = Object.entries(collection.fields(spelling)).flatMap(([field, described]) => {
    const name = strangers.get(described)
    return name === undefined ? [] : [`${file}: the field ${field} has ${name}. ${types}`]
  })
  if (unknown.length > 0) return unknown
  return Object.entries(collection.fields(z)).flatMap(([field, schema]) =>
    '_zod' in Object(schema) ? [] : [`${file}: the field ${field} has no type. ${types}`],
  )
}

/** Has every name, and makes of each a description that remembers the first that `z` does not have. */
const spelling = new Proxy(z, {
  get:
    (known, name) =>
    (...args: unknown[]) =>
      description(name in known ? strangerIn(args) : `z.${String(name)}, which there is not`),
})

/** The first unknown name in a description of a field. */
const strangers = new WeakMap<object, string>()

/** A description whose methods, whatever they are called, give another one. */
function description(stranger: string | undefined): object {
  const get =
    () =>
    (...args: unknown[]): object =>
      description(stranger ?? strangerIn(args))
  const described = new Proxy({}, { get })
  if (stranger !== undefined) strangers.set(described, stranger)
  return described
}

function strangerIn(args: readonly unknown[]): string | undefined {
  const parts = args.flatMap((arg) => [arg, ...(isPlain(arg) ? Object.values(arg) : [])])
  return parts.map((part) => (isPlain(part) ? strangers.get(part) : undefined)).find(Boolean)
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

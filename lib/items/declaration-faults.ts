import type { Collection } from '../collections/define.ts'
import { TYPE_NAMES, z } from '../collections/schema.ts'
import { accept, type Field, isJson } from './field.ts'
import { readerOf } from './item.ts'
import { parseOrder } from './order.ts'

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
  const untyped = Object.entries(collection.fields(z)).flatMap(([field, schema]) =>
    '_zod' in Object(schema) ? [] : [`${file}: the field ${field} has no type. ${types}`],
  )
  if (untyped.length > 0) return untyped
  return misuses(collection).map((fault) => `${file}: ${fault}`)
}

/** The same of all collections, and the references that lead nowhere. */
export function collectionFaults(all: readonly Collection[]): string[] {
  const faults = all.flatMap((each) => declarationFaults(each))
  if (faults.length > 0) return faults
  const names = new Set(all.map(({ name }) => name))
  return all.flatMap((collection) =>
    readerOf(collection).fields.flatMap(({ name, reference }) =>
      reference === undefined || names.has(reference)
        ? []
        : [
            `lib/collections/${collection.name}.ts: the field ${name} refers to ${reference}, and there is no such collection.`,
          ],
    ),
  )
}

/** Names that answers give to something else. */
const TAKEN_NAMES = ['id', 'included']

/** What a collection says of its fields and they cannot do. */
function misuses(collection: Collection): string[] {
  const { sort = [], filter = [], search = [], stamps = [], unique = [] } = collection
  const { fields } = readerOf(collection)
  const sorted = sort.flatMap((order) => parseOrder(order).order.parts.map(({ field }) => field))
  const uses: [string, readonly string[], ((field: Field) => string | undefined)?][] = [
    ['sort', sorted, (field) => (isJson(field) ? 'has no order' : undefined)],
    ['filter', filter],
    ['search', search.filter((name) => name !== 'id')],
    ['stamps', stamps],
    [
      'unique',
      unique,
      (field) => {
        if (isJson(field)) return 'has no single value'
        return hasDefault(field) ? 'has a default, which many items would have' : undefined
      },
    ],
  ]
  return [
    ...fields
      .filter(({ name }) => TAKEN_NAMES.includes(name))
      .map(({ name }) => `no field can be called ${name}: answers have it.`),
    ...fields
      .filter((field) => field.isNullable && hasDefault(field))
      .map(
        ({ name }) =>
          `the field ${name} has a default and can be null: where nothing is stored, which of them is it?`,
      ),
    ...fields
      .filter(
        (field) => hasDefault(field) && !accept(field, field.schema.safeParse(undefined).data).ok,
      )
      .map(({ name }) => `the field ${name} has a default that does not fit it.`),
    ...uses.flatMap(([use, names, faultOf]) =>
      [...new Set(names)].flatMap((name) => {
        const field = fields.find((each) => each.name === name)
        const fault = field === undefined ? 'is no field' : faultOf?.(field)
        return fault === undefined ? [] : [`${use}: ${name} ${fault}.`]
      }),
    ),
  ]
}

function hasDefault({ schema }: Field): boolean {
  return schema.safeParse(undefined).data !== undefined
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

import { object } from 'zod/mini'
import { toJSONSchema } from 'zod/v4/core'
import type { Collection } from '../lib/collections/define.ts'
import { z } from '../lib/collections/schema.ts'
import { readerOf } from '../lib/items/item.ts'

/** The part of JSON Schema that fields of collections are described with. */
interface Schema {
  type?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
}

/**
 * The types of the items of these collections as a text of TypeScript that imports nothing, in the
 * place of `lib/client/items.ts`, which takes them from the registry.
 */
export function clientTypes(collections: readonly Collection[]): string {
  const members = collections.map(
    (collection) => `  ${memberName(collection.name)}: {
    item: ${itemType(collection, 'output', [])}
    newItem: ${itemType(collection, 'input', collection.stamps ?? [])}
    references: ${referencesType(collection)}
  }`,
  )
  return `/** The collections of the API that this client is for. */
export interface Collections {
${members.join('\n')}
}
export type CollectionName = keyof Collections
/** An item of a collection. */
export type ItemOf<name extends CollectionName> = Collections[name]['item']
/** What a client may write of one: the server sets the rest. */
export type NewItemOf<name extends CollectionName> = Collections[name]['newItem']
/** The fields of a collection that refer to items, with the collections of those. */
export type ReferencesOf<name extends CollectionName> = Collections[name]['references']
`
}

/** @param left The fields that the server sets. */
function itemType({ fields }: Collection, io: 'input' | 'output', left: readonly string[]): string {
  const options = { io, unrepresentable: 'any' } as const
  const text = JSON.stringify(toJSONSchema(object(fields(z)), options))
  const { properties = {}, required = [] }: Schema = JSON.parse(text)
  const shown = Object.entries(properties).filter(([name]) => !left.includes(name))
  // Who makes an item may leave its id to the server.
  const id = io === 'output' ? 'id: string' : 'id?: string'
  return `{ ${[id, ...shown.map(([name, schema]) => member(name, schema, required))].join('; ')} }`
}

function referencesType(collection: Collection): string {
  const references = readerOf(collection).fields.flatMap(({ name, reference }) =>
    reference === undefined ? [] : [`${memberName(name)}: ${JSON.stringify(reference)}`],
  )
  return `{ ${references.join('; ')} }`
}

function member(name: string, schema: Schema, required: readonly string[]): string {
  return `${memberName(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`
}

function memberName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' | ')
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return `Array<${typeOf(schema.items ?? {})}>`
    case 'object': {
      const { properties, required = [] } = schema
      if (properties === undefined) return 'Record<string, unknown>'
      const members = Object.entries(properties).map(([name, each]) => member(name, each, required))
      return `{ ${members.join('; ')} }`
    }
    default:
      return 'unknown'
  }
}

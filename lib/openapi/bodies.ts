import type { ZodMiniType } from 'zod/mini'
import { toJSONSchema } from 'zod/v4/core'
import type { Action, Collection } from '../collections/define.ts'
import { readerOf } from '../items/item.ts'
import type { AnyOperation } from '../operation.ts'
import { bodyRules, memberText, OTHER_NAMES } from './members.ts'
import { bounded, ID, nameOf, orNull, ref, type Schema, sentId } from './schemas.ts'

/** So many characters of any kind fit into a body. */
const LONGEST_SENT = 16_000

/** The body of an operation; undefined where it takes none. */
export function bodyOf(
  operation: AnyOperation,
  collection: Collection | undefined,
): Schema | undefined {
  const { row } = operation
  if (row.body === 'none') return undefined
  const schema =
    collection === undefined
      ? bodySchema(operation)
      : ref(BODY_NAMES[row.action ?? 'get']?.(nameOf(collection)) ?? '')
  const content: Record<string, Schema> = { 'application/json': { schema } }
  if (row.action === 'update') content['application/merge-patch+json'] = { schema }
  return { required: row.body === 'json', content }
}

const BODY_NAMES: { readonly [action in Action]?: (item: string) => string } = {
  create: (item) => `New${item}`,
  replace: (item) => `${item}Fields`,
  update: (item) => `${item}Patch`,
}

/** The schema of a body, from the one that checks it. Other names of a member are left out. */
function bodySchema({ id, row, input }: AnyOperation): Schema {
  if (input === undefined) throw new TypeError(`no body of ${id}`)
  if (input === 'as sent') return bounded({ type: 'object', ...bodyRules(id) }, LONGEST_SENT)
  const { properties, required = [], ...schema } = toSchema(input)
  const own = Object.entries<Schema>(Object(properties))
  const twice = own.flatMap(([name]) => OTHER_NAMES[name] ?? [])
  const members = own
    .filter(([name]) => OTHER_NAMES[name] === undefined)
    .map(([name, shape]) => [name, { ...shape, ...memberText(id, name) }])
  const needed = row.body === 'json' ? [...(required as string[]), ...twice] : []
  return bounded(
    {
      ...schema,
      properties: Object.fromEntries(members),
      ...(needed.length === 0 ? {} : { required: needed }),
      ...bodyRules(id),
    },
    LONGEST_SENT,
  )
}

/** What clients read and write of a collection. */
export function collectionSchemas(collection: Collection): Record<string, Schema> {
  const name = nameOf(collection)
  const item = itemSchema(collection)
  const fields = bounded(fieldsSchema(collection), LONGEST_SENT)
  const { properties, required, minProperties } = fields
  const withId = { id: sentId(collection.prefix), ...Object(properties) }
  return {
    [name]: item,
    [`${name}View`]: { ...item, required: ['id'] },
    [`New${name}`]: {
      ...fields,
      properties: withId,
      // An id alone is no item.
      ...(minProperties === undefined ? {} : { dependentSchemas: { id: { minProperties: 2 } } }),
    },
    [`${name}Fields`]: fields,
    [`${name}Patch`]: patchSchema(fields, Array.isArray(required) ? required : []),
  }
}

function itemSchema(collection: Collection): Schema {
  const fields = fieldsOf(collection)
  return {
    type: 'object',
    properties: { id: ID, ...schemasOf(fields) },
    required: ['id', ...requiredOf(fields)],
    additionalProperties: false,
  }
}

/** The fields that clients write: one of them at least. */
function fieldsSchema(collection: Collection): Schema {
  const stamps: readonly string[] = collection.stamps ?? []
  const fields = fieldsOf(collection).filter(({ name }) => !stamps.includes(name))
  const required = requiredOf(fields)
  return {
    type: 'object',
    properties: schemasOf(fields),
    ...(required.length === 0 ? { minProperties: 1 } : { required }),
    additionalProperties: false,
  }
}

/** The same, each by itself; null takes one away that need not be there. */
function patchSchema({ properties }: Schema, required: readonly unknown[]): Schema {
  const members = Object.entries<Schema>(Object(properties)).map(([name, schema]) => [
    name,
    required.includes(name) ? schema : orNull(schema),
  ])
  return {
    type: 'object',
    properties: Object.fromEntries(members),
    minProperties: 1,
    additionalProperties: false,
  }
}

interface Field {
  name: string
  schema: ZodMiniType
}

function fieldsOf(collection: Collection): Field[] {
  const { names, schemas } = readerOf(collection)
  return names.flatMap((name, index) => {
    const schema = schemas[index]
    return schema === undefined ? [] : [{ name, schema }]
  })
}

function schemasOf(fields: readonly Field[]): Record<string, Schema> {
  return Object.fromEntries(fields.map(({ name, schema }) => [name, toSchema(schema)]))
}

function requiredOf(fields: readonly Field[]): string[] {
  return fields.filter(({ schema }) => !schema.safeParse(undefined).success).map(({ name }) => name)
}

/** The JSON Schema of what a check takes. */
export function toSchema(check: ZodMiniType): Schema {
  const { $schema: _, ...schema } = toJSONSchema(check, {
    io: 'input',
    unrepresentable: 'any',
    // One word for one thing: a list of a single value is an `enum` too.
    override: ({ jsonSchema }) => {
      if (!('const' in jsonSchema)) return
      jsonSchema.enum = [jsonSchema.const]
      delete jsonSchema.const
    },
  })
  return schema
}

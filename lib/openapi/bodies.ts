import type { ZodMiniType } from 'zod/mini'
import { toJSONSchema } from 'zod/v4/core'
import type { Action, Collection } from '../collections/define.ts'
import { type Meant, meantBy } from '../collections/schema.ts'
import { decimalPattern, EMAIL, LONGEST_EMAIL, LONGEST_URL } from '../collections/texts.ts'
import { MOST_ACTS } from '../items/batch.ts'
import { type Field, MOST_JSON_BYTES } from '../items/field.ts'
import { type Inclusion, referencesOf } from '../items/include.ts'
import { readerOf } from '../items/item.ts'
import { findCollection } from '../items/registry.ts'
import type { AnyOperation } from '../operation.ts'
import { bodyRules, memberText, OTHER_NAMES } from './members.ts'
import { bounded, ID, nameOf, orNull, record, ref, type Schema, sentId } from './schemas.ts'

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
  batch: (item) => `${item}Batch`,
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
    [`${name}Batch`]: batchSchema(collection),
    [`${name}BatchResults`]: record({
      results: {
        type: 'array',
        maxItems: MOST_ACTS,
        description: 'In the order of the acts.',
        items: record(
          {
            status: { type: 'integer', minimum: 200, maximum: 599 },
            item: ref(name),
            problem: ref('Problem'),
          },
          ['item', 'problem'],
        ),
      },
    }),
    ...(referencesIn(collection).length === 0 ? {} : answerSchemas(name, item, collection)),
  }
}

/** Up to a hundred acts. */
function batchSchema(collection: Collection): Schema {
  const name = nameOf(collection)
  const act = (op: string, members: Record<string, Schema>): Schema =>
    record({ op: { type: 'string', enum: [op] }, ...members })
  const id = sentId()
  const oneOf = [
    act('create', { item: ref(`New${name}`) }),
    act('update', { id, patch: ref(`${name}Patch`) }),
    act('delete', { id }),
  ]
  return record({
    acts: { type: 'array', minItems: 1, maxItems: MOST_ACTS, items: { oneOf } },
  })
}

/** What a read answers that can include others. */
function answerSchemas(name: string, item: Schema, collection: Collection): Record<string, Schema> {
  return {
    [`${name}Answer`]: {
      ...item,
      properties: { ...Object(item['properties']), included: ref(`${name}Included`) },
      required: ['id'],
    },
    [`${name}Included`]: {
      type: 'object',
      description: 'The items that are referred to, by collection and id, with `include`.',
      properties: Object.fromEntries(
        referencesIn(collection).map(({ target }) => [
          target.name,
          { type: 'object', additionalProperties: ref(nameOf(target)) },
        ]),
      ),
      additionalProperties: false,
    },
  }
}

/** The references of a collection. */
export function referencesIn(collection: Collection): Inclusion[] {
  return referencesOf(collection, findCollection)
}

function itemSchema(collection: Collection): Schema {
  const { fields } = readerOf(collection)
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
  const fields = readerOf(collection).fields.filter(({ name }) => !stamps.includes(name))
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

function schemasOf(fields: readonly Field[]): Record<string, Schema> {
  return Object.fromEntries(
    fields.map(({ name, schema, mostEntries }) => [
      name,
      withEntries(toSchema(schema), mostEntries),
    ]),
  )
}

/** What is kept bounds a list, if nothing else does: each entry takes two bytes of JSON at least, with its comma. */
const MOST_ENTRIES = MOST_JSON_BYTES / 2

/** How many entries the lists of a field have at most, itself and those in it. */
function withEntries(schema: Schema, most = MOST_ENTRIES): Schema {
  const { type, maxItems = most, items, properties } = schema
  if (items !== undefined && [type].flat().includes('array')) {
    const bound = Math.min(Number(maxItems), most)
    return { ...schema, items: withEntries(Object(items)), maxItems: bound }
  }
  if (properties === undefined) return schema
  const members = Object.entries<Schema>(Object(properties)).map(([name, member]) => [
    name,
    withEntries(member),
  ])
  return { ...schema, properties: Object.fromEntries(members) }
}

function requiredOf(fields: readonly Field[]): string[] {
  return fields.filter(({ schema }) => !schema.safeParse(undefined).success).map(({ name }) => name)
}

/** The JSON Schema of what a check takes. */
export function toSchema(check: ZodMiniType): Schema {
  const { $schema: _, ...schema } = toJSONSchema(check, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // One word for one thing: a list of a single value is an `enum` too.
      if ('const' in jsonSchema) {
        jsonSchema.enum = [jsonSchema.const]
        delete jsonSchema.const
      }
      const meant = meantBy(zodSchema)
      if (meant !== undefined) Object.assign(jsonSchema, meaningOf(meant))
      const [first, second] = jsonSchema.anyOf ?? []
      if (second?.type !== 'null' || first === undefined) return
      delete jsonSchema.anyOf
      Object.assign(jsonSchema, first.type === undefined ? first : orNull(first as Schema))
    },
  })
  return schema
}

/** What the document says of a type that JSON Schema does not have. */
function meaningOf(meant: Meant): Schema {
  switch (meant.as) {
    case 'date':
      return { format: 'date', maxLength: 10, examples: ['2026-01-31'] }
    case 'datetime':
      return {
        description: 'A time with its zone; it is kept in UTC with milliseconds.',
        format: 'date-time',
        maxLength: 64,
        examples: ['2026-01-31T12:00:00.000Z'],
      }
    case 'decimal': {
      const { digits } = meant
      const description = `A decimal with ${digits} digits behind the point at most, as text.`
      const example = digits === 0 ? '12' : (12.5).toFixed(digits)
      return { description, pattern: decimalPattern(digits).source, examples: [example] }
    }
    case 'url':
      return {
        format: 'uri',
        pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^\\s]+$',
        maxLength: LONGEST_URL,
        examples: ['https://example.com/a'],
      }
    case 'email':
      return {
        format: 'email',
        pattern: EMAIL.source,
        maxLength: LONGEST_EMAIL,
        examples: ['me@home.org'],
      }
    case 'reference':
      return { description: `The id of an item of ${meant.to}.`, examples: ['an id'] }
    case 'json':
      return { description: `Any JSON, of ${MOST_JSON_BYTES} bytes at most.` }
  }
}

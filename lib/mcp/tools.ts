import type { Collection } from '../collections/define.ts'
import { isRecord, rawQueryOf } from '../items/asked.ts'
import { getItem } from '../items/get.ts'
import { readerOf } from '../items/item.ts'
import { listItems } from '../items/list.ts'
import { allCollections } from '../items/registry.ts'
import type { CollectionDeps } from '../items/types.ts'
import { createItem, deleteItem, patchItem } from '../items/write.ts'
import { once } from '../once.ts'
import { collectionSchemas } from '../openapi/bodies.ts'
import { listArguments } from '../openapi/list-arguments.ts'
import { ID, listOf, nameOf, type Schema } from '../openapi/schemas.ts'
import type { Act, AnyOperation } from '../operation.ts'

/** One operation of a collection, as agents call it. */
export interface Tool {
  collection: Collection
  operation: AnyOperation<CollectionDeps>
  /** What the list of tools says of it; made when it is asked for. */
  shown: () => Schema
  /** What a call with these arguments is about; undefined where they name no item and have to. */
  act: (given: Readonly<Record<string, unknown>>) => Omit<Act, 'collection'> | undefined
}

/** Every tool there is, by its name. Who may use it is another question: see `may`. */
export const tools: () => ReadonlyMap<string, Tool> = /* @__PURE__ */ once(
  () => new Map(allCollections().flatMap(toolsOf)),
)

/** What an agent's program may take for granted of a tool. */
const HINTS = {
  list: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  get: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  create: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  update: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  delete: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
} as const

type Verb = keyof typeof HINTS

function toolsOf(collection: Collection): [name: string, tool: Tool][] {
  const { name } = collection
  const schemas = once(() => schemasOf(collection))
  const tool = (
    verb: Verb,
    operation: AnyOperation<CollectionDeps>,
    act: Tool['act'],
    shape: () => { input: Schema; output: Schema },
  ): [string, Tool] => {
    const shown = once((): Schema => {
      const { input, output } = shape()
      return {
        name: `${name}_${verb}`,
        description: `${operation.summary}: ${name}.`,
        inputSchema: input,
        outputSchema: output,
        annotations: { ...HINTS[verb], openWorldHint: false },
      }
    })
    return [`${name}_${verb}`, { collection, operation, act, shown }]
  }
  return [
    tool(
      'list',
      listItems,
      (given) => ({ input: rawQueryOf(given) }),
      () => ({
        input: listInput(collection),
        output: withIncluded(collection, listOf(schemas().view, COUNT)),
      }),
    ),
    tool('get', getItem, aboutItem(rawQueryOf), () => ({
      input: itemInput({ fields: fieldsOf(schemas().view), ...includeOf(collection) }),
      output: withIncluded(collection, schemas().view),
    })),
    tool(
      'create',
      createItem,
      (given) => ({ input: given }),
      () => ({ input: schemas().made, output: schemas().item }),
    ),
    tool('update', patchItem, aboutItem(), () => ({
      input: itemInput(Object(schemas().patch['properties'])),
      output: schemas().item,
    })),
    tool('delete', deleteItem, aboutItem(), () => ({
      input: itemInput({}),
      output: { type: 'object', additionalProperties: false },
    })),
  ]
}

/** The id names the item; the rest is what the request would carry. */
function aboutItem(
  inputOf: (rest: Record<string, unknown>) => unknown = (rest) => rest,
): Tool['act'] {
  return ({ id, ...rest }) => (typeof id === 'string' ? { id, input: inputOf(rest) } : undefined)
}

function schemasOf(collection: Collection): {
  [name in 'item' | 'view' | 'made' | 'patch']: Schema
} {
  const name = nameOf(collection)
  const all = collectionSchemas(collection)
  const [item, view, made, patch] = [name, `${name}View`, `New${name}`, `${name}Patch`].map(
    (each) => all[each] ?? {},
  )
  return { item: item ?? {}, view: view ?? {}, made: made ?? {}, patch: patch ?? {} }
}

const COUNT = { count: { type: 'integer', minimum: 0 } }

function itemInput(properties: Record<string, Schema>): Schema {
  return {
    type: 'object',
    properties: { id: ID, ...properties },
    required: ['id'],
    additionalProperties: false,
  }
}

function fieldsOf(view: Schema): Schema {
  const names = isRecord(view['properties']) ? Object.keys(view['properties']) : []
  return {
    type: 'array',
    description: 'Only these fields.',
    items: { type: 'string', enum: names },
  }
}

/** The references that can be followed, as an argument; nothing where there are none. */
function includeOf(collection: Collection): Record<string, Schema> {
  const names = referencesOf(collection)
  if (names.length === 0) return {}
  const description = 'Adds what these refer to, as far as you may read it.'
  return { include: { type: 'array', description, items: { type: 'string', enum: names } } }
}

function withIncluded(collection: Collection, output: Schema): Schema {
  if (referencesOf(collection).length === 0) return output
  const included = {
    type: 'object',
    description: 'With `include`: by collection, then by id.',
  }
  return { ...output, properties: { ...Object(output['properties']), included } }
}

function referencesOf(collection: Collection): string[] {
  return readerOf(collection)
    .fields.filter(({ reference }) => reference !== undefined)
    .map(({ name }) => name)
}

function listInput(collection: Collection): Schema {
  const { own, filters } = listArguments(collection)
  const properties: Record<string, Schema> = Object.fromEntries(own)
  properties['fields'] = fieldsOf(schemasOf(collection).view)
  Object.assign(properties, includeOf(collection))
  if (filters.size > 0) {
    const fields = [...filters].map(([field, comparisons]) => [
      field,
      {
        type: 'object',
        properties: Object.fromEntries(comparisons),
        additionalProperties: false,
      },
    ])
    properties['filter'] = {
      type: 'object',
      description: 'What items must have: {"year": {"gte": 1960}}.',
      properties: Object.fromEntries(fields),
      additionalProperties: false,
    }
  }
  return { type: 'object', properties, additionalProperties: false }
}

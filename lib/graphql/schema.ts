import {
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql'
import type { Collection } from '../collections/define.ts'
import type { Item } from '../items/item.ts'
import { allCollections } from '../items/registry.ts'
import { once } from '../once.ts'
import { collectionSchemas } from '../openapi/bodies.ts'
import { listArguments } from '../openapi/list-arguments.ts'
import { nameOf, type Schema } from '../openapi/schemas.ts'
import { inputOf, renamed } from './input.ts'
import { fieldName, type Names, namesOf, typePart } from './names.ts'
import type { Context } from './resolve.ts'
import { Int, takesNull, ValueTypes } from './types.ts'

/** What a field costs, for who counts before anything is read. */
export type Reads = 'item' | 'list'

/** What a query is resolved with. */
interface Resolving {
  context: Context
}

type Field = GraphQLFieldConfig<Item, Resolving>

/** The schema of all collections, made once. */
export const schema: () => GraphQLSchema = /* @__PURE__ */ once(() => {
  const kinds = allCollections().map((collection) => kindOf(collection, new ValueTypes()))
  const query: GraphQLFieldConfigMap<unknown, Resolving> = {}
  const mutation: GraphQLFieldConfigMap<unknown, Resolving> = {}
  for (const kind of kinds) {
    Object.assign(query, queriesOf(kind))
    Object.assign(mutation, mutationsOf(kind))
  }
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: query }),
    mutation: new GraphQLObjectType({ name: 'Mutation', fields: mutation }),
  })
})

/** The types of one collection. */
interface Kind {
  collection: Collection
  names: Names
  item: GraphQLObjectType<Item, Resolving>
  page: GraphQLObjectType
  input: GraphQLInputObjectType
  patch: GraphQLInputObjectType
  listArgs: GraphQLFieldConfigArgumentMap
}

function kindOf(collection: Collection, values: ValueTypes): Kind {
  const names = namesOf(collection)
  const { type } = names
  const schemas = collectionSchemas(collection)
  const documented = nameOf(collection)
  const item = new GraphQLObjectType<Item, Resolving>({
    name: type,
    fields: itemFields(type, schemas[documented] ?? {}, values),
  })
  const page = new GraphQLObjectType({
    name: `${type}Page`,
    fields: {
      data: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(item))) },
      nextCursor: {
        type: GraphQLString,
        description: 'Send it as `cursor` for the next page; null after the last.',
      },
    },
  })
  return {
    collection,
    names,
    item,
    page,
    input: inputType(type, 'Input', schemas[`New${documented}`] ?? {}, values),
    patch: inputType(type, 'Patch', schemas[`${documented}Patch`] ?? {}, values),
    listArgs: listArgs(collection, type, values),
  }
}

function members({ properties, required }: Schema): {
  name: string
  shape: Schema
  needed: boolean
}[] {
  const needed: readonly unknown[] = Array.isArray(required) ? required : []
  return Object.entries<Schema>(Object(properties)).map(([name, shape]) => ({
    name,
    shape,
    needed: needed.includes(name) && !takesNull(shape),
  }))
}

function itemFields(type: string, shape: Schema, values: ValueTypes): Record<string, Field> {
  const fields = members(shape).map(({ name, shape: own, needed }): [string, Field] => {
    const value = name === 'id' ? GraphQLID : values.of(type, name, own)
    return [
      fieldName(name),
      { type: needed ? new GraphQLNonNull(value) : value, resolve: (item) => item[name] },
    ]
  })
  return Object.fromEntries(fields)
}

function inputType(
  type: string,
  suffix: 'Input' | 'Patch',
  shape: Schema,
  values: ValueTypes,
): GraphQLInputObjectType {
  const fields = members(shape).map(({ name, shape: own, needed }) => {
    const value = name === 'id' ? GraphQLID : values.of(type, name, own)
    const isNeeded = needed && suffix === 'Input'
    return [fieldName(name), { type: isNeeded ? new GraphQLNonNull(value) : value }]
  })
  return new GraphQLInputObjectType({
    name: `${type}${suffix}`,
    fields: Object.fromEntries(fields),
  })
}

function listArgs(
  collection: Collection,
  type: string,
  values: ValueTypes,
): GraphQLFieldConfigArgumentMap {
  const { own, filters } = listArguments(collection)
  const takesWords = own.some(([name]) => name === 'q')
  const args: GraphQLFieldConfigArgumentMap = {
    limit: { type: Int, description: 'How many: 1 to 100, 50 if not said.' },
    cursor: { type: GraphQLString },
    sort: { type: GraphQLString },
    ...(takesWords ? { q: { type: GraphQLString } } : {}),
  }
  if (filters.size === 0) return args
  const { properties } = collectionSchemas(collection)[nameOf(collection)] ?? {}
  const fields = [...filters].map(([field, comparisons]) => {
    const isWhole = Object(Object(properties)[field]).type === 'integer'
    const compared = comparisons.map(([comparison, shape]) => {
      const own = isWhole && shape['type'] === 'number' ? { ...shape, type: 'integer' } : shape
      return [comparison, { type: values.of(type, field, own) }]
    })
    const filter = new GraphQLInputObjectType({
      name: `${type}${typePart(field)}Filter`,
      fields: Object.fromEntries(compared),
    })
    return [fieldName(field), { type: filter }]
  })
  const name = `${type}Filter`
  const filter = new GraphQLInputObjectType({ name, fields: Object.fromEntries(fields) })
  return { ...args, filter: { type: filter } }
}

const ID_ARG = { id: { type: new GraphQLNonNull(GraphQLID) } }

function queriesOf({ collection, names, item, page, listArgs: args }: Kind): Record<string, Field> {
  return {
    [names.one]: {
      type: item,
      args: ID_ARG,
      extensions: { reads: 'item' satisfies Reads },
      resolve: (_, { id }, { context }) => context.get(collection, String(id)),
    },
    [names.many]: {
      type: page,
      args,
      extensions: { reads: 'list' satisfies Reads },
      resolve: (_, given, { context }) => context.list(collection, renamed(collection, given)),
    },
  }
}

function mutationsOf({ collection, names, item, input, patch }: Kind): Record<string, Field> {
  const { type } = names
  const inputArg = { input: { type: new GraphQLNonNull(input) } }
  const patchArg = { patch: { type: new GraphQLNonNull(patch) } }
  const extensions = { reads: 'item' satisfies Reads }
  return {
    [`create${type}`]: {
      type: item,
      args: inputArg,
      extensions,
      resolve: (_, given, { context }) =>
        context.create(collection, inputOf(collection, given['input'])),
    },
    [`update${type}`]: {
      type: item,
      args: { ...ID_ARG, ...patchArg },
      extensions,
      resolve: (_, given, { context }) =>
        context.update(collection, String(given['id']), renamed(collection, given['patch'])),
    },
    [`replace${type}`]: {
      type: item,
      args: { ...ID_ARG, ...inputArg },
      extensions,
      resolve: (_, given, { context }) =>
        context.replace(collection, String(given['id']), inputOf(collection, given['input'])),
    },
    [`delete${type}`]: {
      type: GraphQLID,
      description: 'The id of what is no more.',
      args: ID_ARG,
      extensions,
      resolve: (_, { id }, { context }) => context.remove(collection, String(id)),
    },
  }
}

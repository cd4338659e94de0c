import {
  GraphQLBoolean,
  GraphQLError,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  GraphQLID,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql'
import type { Collection } from '../collections/define.ts'
import { type Failure, fail } from '../contract/problems.ts'
import type { Field as DeclaredField } from '../items/field.ts'
import { type Comparison, comparisonsOf } from '../items/filter.ts'
import { type Item, readerOf } from '../items/item.ts'
import { allCollections } from '../items/registry.ts'
import { once } from '../once.ts'
import { DEFAULT_LIMIT, isLimit, LIMIT_MESSAGE } from '../paging.ts'
import { inputOf, renamed } from './input.ts'
import { fieldName, type Names, namesOf, typePart } from './names.ts'
import { type Context, problemError } from './resolve.ts'
import { Int, ValueTypes } from './types.ts'

/** What a field reads, for who counts before anything is read; `most` items where it names several. */
export type Reads = 'item' | 'list' | { most: number }

/** What a query is resolved with. */
interface Resolving {
  context: Context
}

type Field = GraphQLFieldConfig<Item, Resolving>

/** The schema of all collections, made once. */
export const schema: () => GraphQLSchema = /* @__PURE__ */ once(() => schemaOf(allCollections()))

export function schemaOf(collections: readonly Collection[]): GraphQLSchema {
  const kinds: Kinds = new Map()
  for (const collection of collections) kinds.set(collection.name, kindOf(collection, kinds))
  const query: GraphQLFieldConfigMap<unknown, Resolving> = {}
  const mutation: GraphQLFieldConfigMap<unknown, Resolving> = {}
  for (const kind of kinds.values()) {
    Object.assign(query, queriesOf(kind))
    Object.assign(mutation, mutationsOf(kind))
  }
  if (kinds.size === 0) return new GraphQLSchema({ query: NO_COLLECTIONS })
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: query }),
    mutation: new GraphQLObjectType({ name: 'Mutation', fields: mutation }),
  })
}

/** A type has one field at least. */
const NO_COLLECTIONS = new GraphQLObjectType({
  name: 'Query',
  fields: { nothing: { type: GraphQLString, description: 'There are no collections yet.' } },
})

/** By the names of the collections: types refer to each other. */
type Kinds = Map<string, Kind>

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

function kindOf(collection: Collection, kinds: Kinds): Kind {
  const values = new ValueTypes()
  const names = namesOf(collection)
  const { type } = names
  const item = new GraphQLObjectType<Item, Resolving>({
    name: type,
    fields: () => {
      const own = itemFields(collection, values, kinds)
      return { ...reverseLists(collection, Object.keys(own), kinds), ...own }
    },
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
    input: inputType(collection, 'Input', values),
    patch: inputType(collection, 'Patch', values),
    listArgs: listArgs(collection, type, values),
  }
}

/** Whether every item has a value there: what is not stored may have a default, and null may be a value. */
function isAlways({ schema: check, isNullable }: DeclaredField): boolean {
  return !isNullable && [undefined, null].every((none) => !check.safeParse(none).success)
}

function itemFields(
  collection: Collection,
  values: ValueTypes,
  kinds: Kinds,
): Record<string, Field> {
  const { type } = namesOf(collection)
  const fields = readerOf(collection).fields.map((field): [string, Field] => {
    const { name, reference } = field
    const target = kinds.get(reference ?? '')
    if (target !== undefined) return [fieldName(name), referenceField(field, target)]
    const value = values.of(type, field)
    return [
      fieldName(name),
      {
        type: isAlways(field) ? new GraphQLNonNull(value) : value,
        resolve: (item) => item[name],
      },
    ]
  })
  return { id: { type: new GraphQLNonNull(GraphQLID) }, ...Object.fromEntries(fields) }
}

/** A reference is the item itself; null where there is none, or none for this caller. */
function referenceField(
  { name, isList, mostEntries }: DeclaredField,
  { collection, item: type }: Kind,
): Field {
  if (!isList) {
    return {
      type,
      extensions: { reads: 'item' satisfies Reads },
      resolve: (item, _, { context }) =>
        typeof item[name] === 'string' ? context.get(collection, item[name]) : null,
    }
  }
  return {
    type: new GraphQLList(type),
    args: { limit: { type: Int, description: 'How many of them: 1 to 100, 50 if not said.' } },
    extensions: { reads: { most: mostEntries ?? MOST_ENTRIES } satisfies Reads },
    resolve: (item, { limit }, { context }) => {
      const ids = item[name]
      if (!Array.isArray(ids)) return null
      return ids.slice(0, entriesOf(limit)).map((id) => context.get(collection, String(id)))
    },
  }
}

function entriesOf(limit: unknown): number {
  if (limit === undefined || limit === null) return DEFAULT_LIMIT
  if (isLimit(String(limit))) return Number(limit)
  throw new GraphQLError(`limit ${LIMIT_MESSAGE}.`)
}

/** So many references fit into the body of a request, at most. */
const MOST_ENTRIES = 32_768

/** The lists of those that refer to an item, where they can be asked for: as that collection names them. */
function reverseLists(
  collection: Collection,
  taken: readonly string[],
  kinds: Kinds,
): Record<string, Field> {
  const lists = [...kinds.values()].flatMap(
    ({ collection: source, names, page, listArgs: args }) => {
      const referring = readerOf(source).fields.filter(
        ({ name, reference }) =>
          reference === collection.name && source.filter?.includes(name) === true,
      )
      return referring.map(({ name }): [string, Field] => {
        const isOne = referring.length === 1 && !taken.includes(names.many)
        const field: Field = {
          type: page,
          args,
          extensions: { reads: 'list' satisfies Reads },
          resolve: ({ id }, given, { context }) => {
            const asked = renamed(source, given)
            const filter = Object(asked['filter'])
            if (name in filter) throw problemError(ownFilter(name))
            return context.list(source, { ...asked, filter: { ...filter, [name]: { eq: id } } })
          },
        }
        return [isOne ? names.many : `${names.many}By${typePart(name)}`, field]
      })
    },
  )
  return Object.fromEntries(lists)
}

function ownFilter(name: string): Failure {
  const detail = `${name} is the item around this list: leave it out of the filter.`
  return fail('validation-error', 'filter of a reverse list', { detail })
}

function inputType(
  collection: Collection,
  suffix: 'Input' | 'Patch',
  values: ValueTypes,
): GraphQLInputObjectType {
  const { type } = namesOf(collection)
  const stamps: readonly string[] = collection.stamps ?? []
  const own = readerOf(collection).fields.filter(({ name }) => !stamps.includes(name))
  const fields = own.map((field): [string, GraphQLInputFieldConfig] => {
    const value = field.reference === undefined ? values.of(type, field) : idOf(field)
    const isNeeded = suffix === 'Input' && isAlways(field)
    return [fieldName(field.name), { type: isNeeded ? new GraphQLNonNull(value) : value }]
  })
  const id = suffix === 'Input' ? { id: { type: GraphQLID } } : {}
  return new GraphQLInputObjectType({
    name: `${type}${suffix}`,
    fields: { ...id, ...Object.fromEntries(fields) },
  })
}

/** How a reference goes in, and is asked for: by the id. */
function idOf({ isList }: DeclaredField): GraphQLInputType {
  return isList ? new GraphQLList(new GraphQLNonNull(GraphQLID)) : GraphQLID
}

function listArgs(
  collection: Collection,
  type: string,
  values: ValueTypes,
): GraphQLFieldConfigArgumentMap {
  const args: GraphQLFieldConfigArgumentMap = {
    limit: { type: Int, description: 'How many: 1 to 100, 50 if not said.' },
    cursor: { type: GraphQLString },
    sort: { type: GraphQLString },
    ...(collection.search === undefined ? {} : { q: { type: GraphQLString } }),
  }
  const filtered = readerOf(collection).fields.filter(({ name }) =>
    collection.filter?.includes(name),
  )
  if (filtered.length === 0) return args
  const fields = filtered.map((field): [string, GraphQLInputFieldConfig] => {
    const compared = comparisonsOf(collection, field).map((comparison) => [
      comparison,
      { type: comparedType(type, field, comparison, values) },
    ])
    const filter = new GraphQLInputObjectType({
      name: `${type}${typePart(field.name)}Filter`,
      fields: Object.fromEntries(compared),
    })
    return [fieldName(field.name), { type: filter }]
  })
  const name = `${type}Filter`
  const filter = new GraphQLInputObjectType({ name, fields: Object.fromEntries(fields) })
  return { ...args, filter: { type: filter } }
}

function comparedType(
  type: string,
  field: DeclaredField,
  comparison: Comparison,
  values: ValueTypes,
): GraphQLInputType {
  if (comparison === 'exists') return GraphQLBoolean
  if (field.reference !== undefined) return GraphQLID
  return comparison === 'ci' ? GraphQLString : values.single(type, field)
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

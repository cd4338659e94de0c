import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLError,
  GraphQLFloat,
  GraphQLList,
  GraphQLNonNull,
  GraphQLScalarType,
  GraphQLString,
  Kind,
  valueFromASTUntyped,
} from 'graphql'
import type { Schema } from '../openapi/schemas.ts'
import { typePart } from './names.ts'

/**
 * Whole numbers as JSON carries them exactly, up to 2^53: those of an item may be larger than the 32 bits that
 * the specification promises.
 */
export const Int = new GraphQLScalarType<number, number>({
  name: 'Int',
  description: 'A whole number, up to 2^53.',
  serialize: whole,
  parseValue: whole,
  parseLiteral: (node) => whole(node.kind === Kind.INT ? Number(node.value) : undefined),
})

/** What has no type of its own: lists of lists, objects, anything. */
export const Json = new GraphQLScalarType({
  name: 'JSON',
  description: 'Any JSON value.',
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
})

/** A type that is good for what goes in and for what comes out. */
export type ValueType =
  | GraphQLScalarType
  | GraphQLEnumType
  | GraphQLList<GraphQLNonNull<GraphQLScalarType | GraphQLEnumType>>

function whole(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new GraphQLError('Int is a whole number, up to 2^53.')
}

/** Makes the types of fields from their JSON Schemas; an enum is one type, wherever it stands. */
export class ValueTypes {
  readonly #enums = new Map<string, GraphQLEnumType>()

  /** @param owner The type that has the field. */
  of(owner: string, field: string, schema: Schema): ValueType {
    const { type, items, enum: words } = plain(schema)
    if (type === 'array') {
      const item = this.#single(owner, field, plain(Object(items)))
      return item === Json ? Json : new GraphQLList(new GraphQLNonNull(item))
    }
    return this.#single(owner, field, { type, enum: words })
  }

  #single(
    owner: string,
    field: string,
    { type, enum: words }: Schema,
  ): GraphQLScalarType | GraphQLEnumType {
    if (Array.isArray(words) && words.every(isEnumName)) return this.#enum(owner, field, words)
    switch (type) {
      case 'string':
        return GraphQLString
      case 'integer':
        return Int
      case 'number':
        return GraphQLFloat
      case 'boolean':
        return GraphQLBoolean
      default:
        return Json
    }
  }

  #enum(owner: string, field: string, words: readonly string[]): GraphQLEnumType {
    const name = `${owner}${typePart(field)}`
    const known = this.#enums.get(name)
    if (known !== undefined) return known
    const values = Object.fromEntries(words.map((word) => [word, { value: word }]))
    const made = new GraphQLEnumType({ name, values })
    this.#enums.set(name, made)
    return made
  }
}

/** Whether a field can be null where it is there. */
export function takesNull(schema: Schema): boolean {
  const { type, anyOf, enum: words } = schema
  return (
    (Array.isArray(type) && type.includes('null')) ||
    (Array.isArray(words) && words.includes(null)) ||
    (Array.isArray(anyOf) && anyOf.some((each) => Object(each).type === 'null'))
  )
}

/** A schema without its null. */
function plain(schema: Schema): Schema {
  const { type, anyOf, enum: words } = schema
  const others = Array.isArray(anyOf)
    ? anyOf.filter((each) => Object(each).type !== 'null').map(Object)
    : []
  if (others.length > 0) return others.length === 1 ? plain(others[0]) : {}
  const types = Array.isArray(type) ? type.filter((each) => each !== 'null') : [type]
  return {
    ...schema,
    type: types.length === 1 ? types[0] : undefined,
    ...(Array.isArray(words) ? { enum: words.filter((word) => word !== null) } : {}),
  }
}

function isEnumName(word: unknown): word is string {
  return (
    typeof word === 'string' &&
    /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/.test(word) &&
    !['true', 'false', 'null'].includes(word)
  )
}

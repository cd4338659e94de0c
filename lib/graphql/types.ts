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
import type { ZodMiniType } from 'zod/mini'
import type { Field } from '../items/field.ts'
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
  | GraphQLList<GraphQLScalarType | GraphQLEnumType>
  | GraphQLList<GraphQLNonNull<GraphQLScalarType | GraphQLEnumType>>

function whole(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new GraphQLError('Int is a whole number, up to 2^53.')
}

/** Makes the types of fields; an enum is one type, wherever it stands. */
export class ValueTypes {
  readonly #enums = new Map<string, GraphQLEnumType>()

  /** @param owner The type that has the field. */
  of(owner: string, field: Field): ValueType {
    const single = this.single(owner, field)
    if (!field.isList) return single
    const mayBeNull = entryOf(field.schema)?.safeParse(null).success === true
    return mayBeNull ? new GraphQLList(single) : new GraphQLList(new GraphQLNonNull(single))
  }

  /** Of the field, or of an entry of its list. */
  single(owner: string, { name, kind, words, schema }: Field): GraphQLScalarType | GraphQLEnumType {
    if (words?.every(isEnumName) === true && words.length > 0) return this.#enum(owner, name, words)
    switch (kind) {
      case 'number':
        return isWhole(schema) ? Int : GraphQLFloat
      case 'boolean':
        return GraphQLBoolean
      case 'json':
        return Json
      default:
        return GraphQLString
    }
  }

  #enum(owner: string, field: string, words: readonly string[]): GraphQLEnumType {
    const plain = `${owner}${typePart(field)}`
    // The types of the collection itself have such names.
    const name = /(Page|Input|Patch|Filter)$/.test(plain) ? `${plain}Value` : plain
    const known = this.#enums.get(name)
    if (known !== undefined) return known
    const values = Object.fromEntries(words.map((word) => [word, { value: word }]))
    const made = new GraphQLEnumType({ name, values })
    this.#enums.set(name, made)
    return made
  }
}

/** Whether a number is one without a fraction, by how it was declared. */
function isWhole({ _zod: { def } }: ZodMiniType): boolean {
  const { innerType, element, format } = def as {
    innerType?: ZodMiniType
    element?: ZodMiniType
    format?: unknown
  }
  const inner = innerType ?? element
  return inner === undefined ? /int/.test(String(format)) : isWhole(inner)
}

/** How an entry of a list was declared. */
function entryOf({ _zod: { def } }: ZodMiniType): ZodMiniType | undefined {
  const { innerType, element } = def as { innerType?: ZodMiniType; element?: ZodMiniType }
  return innerType === undefined ? element : entryOf(innerType)
}

function isEnumName(word: string): boolean {
  return /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/.test(word) && !['true', 'false', 'null'].includes(word)
}

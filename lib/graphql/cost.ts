import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  type SelectionSetNode,
  Source,
} from 'graphql'
import { DEFAULT_LIMIT } from '../paging.ts'

/** What a query may cost, and how deep it may go, its leaf included. */
export const MOST_COST = 1_000
export const MOST_DEPTH = 8
/** Words and signs of a document, and what it selects when its fragments are spread out. */
const MOST_TOKENS = 16_000
const MOST_SELECTIONS = 4_000
/** Fields of one name in one place: validation compares each with each. */
const MOST_PAIRS = 20_000
const LARGEST_LIMIT = 100

/** What a query would cost; or why it is not begun. */
export type Estimate = { cost: number } | { cost: number; refused: string }

/** Brackets within each other: the parser calls itself for each. */
const MOST_NESTING = 200

/** Whether a document is too large to be looked at: reading it costs more than its size. */
export function isTooLong(query: string): boolean {
  const lexer = new Lexer(new Source(query))
  try {
    let nesting = 0
    for (let tokens = 0; tokens <= MOST_TOKENS; tokens++) {
      const { kind } = lexer.advance()
      if (kind === '<EOF>') return false
      if (/^[[{(]$/.test(kind)) nesting += 1
      else if (/^[\]})]$/.test(kind)) nesting -= 1
      if (nesting > MOST_NESTING) return true
    }
  } catch {
    // The parser says what is wrong with it.
    return false
  }
  return true
}

/**
 * Counts what a query would read, before anything is: on the plan with its fragments spread out, by field and
 * not by name, so that aliases, fragments of any name and conditions hide nothing.
 *
 * An item or a list costs 1, a change 1, and what is inside a list costs as often as its limit says.
 */
export function estimate(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Estimate {
  const root = operation.operation === 'mutation' ? schema.getMutationType() : schema.getQueryType()
  const plan = new Plan(schema, document, variablesOf(operation, variables))
  plan.addAll(operation, root ?? undefined)
  const { cost, refused } = plan
  return refused === undefined ? { cost } : { cost, refused }
}

const LARGE = `selects more than ${MOST_SELECTIONS} fields, fragments spread out`

/** A place of the answer: how many fields of the plan meet there, and the places within. */
interface Spot {
  fields: number
  inner: Map<string, Spot>
}

function spot(): Spot {
  return { fields: 0, inner: new Map() }
}

function variablesOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, unknown> {
  return new Map(
    variableDefinitions.map(({ variable: { name }, defaultValue }) => [
      name.value,
      Object.hasOwn(given, name.value)
        ? given[name.value]
        : defaultValue?.kind === Kind.INT
          ? Number(defaultValue.value)
          : defaultValue && Number.NaN,
    ]),
  )
}

/** Where a selection stands. */
interface Place {
  /** How often it is done, by the limits of the lists around it. */
  times: number
  depth: number
  at: Spot
}

class Plan {
  cost = 0
  refused: string | undefined
  #selections = 0
  #pairs = 0
  readonly #schema: GraphQLSchema
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #variables: ReadonlyMap<string, unknown>
  readonly #within = new Set<string>()
  readonly #used = new Set<string>()
  readonly #definitions: DocumentNode['definitions']

  constructor(
    schema: GraphQLSchema,
    { definitions }: DocumentNode,
    variables: ReadonlyMap<string, unknown>,
  ) {
    this.#schema = schema
    this.#definitions = definitions
    this.#variables = variables
    this.#fragments = new Map(
      definitions.flatMap((each) =>
        each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [],
      ),
    )
  }

  /** Counts an operation; and what nothing uses, for its size alone: validation looks at that too. */
  addAll(operation: OperationDefinitionNode, root: GraphQLObjectType | undefined): void {
    const own = { times: 1, depth: 1, at: spot() }
    this.#add(operation.selectionSet, root, own)
    for (const definition of this.#definitions) {
      const used =
        definition === operation ||
        (definition.kind === Kind.FRAGMENT_DEFINITION && this.#used.has(definition.name.value))
      if (!used && 'selectionSet' in definition) {
        this.#add(definition.selectionSet, undefined, { ...own, at: spot() })
      }
    }
  }

  #add({ selections }: SelectionSetNode, type: GraphQLObjectType | undefined, place: Place): void {
    for (const selection of selections) {
      this.#selections += 1 + (selection.directives?.length ?? 0)
      if (this.#selections > MOST_SELECTIONS) this.refused ??= LARGE
      if (this.refused !== undefined) return
      if (selection.kind === Kind.FIELD) this.#addField(selection, type, place)
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value
        this.#add(selection.selectionSet, on === undefined ? type : this.#type(on), place)
      } else this.#addFragment(selection.name.value, place)
    }
  }

  #addFragment(name: string, place: Place): void {
    const fragment = this.#fragments.get(name)
    // One that is within itself is refused by name, when the document is validated.
    if (fragment === undefined || this.#within.has(name)) return
    this.#used.add(name)
    this.#within.add(name)
    this.#add(fragment.selectionSet, this.#type(fragment.typeCondition.name.value), place)
    this.#within.delete(name)
  }

  #addField(
    field: FieldNode,
    type: GraphQLObjectType | undefined,
    { times, depth, at }: Place,
  ): void {
    const name = (field.alias ?? field.name).value
    const here = at.inner.get(name) ?? spot()
    at.inner.set(name, here)
    this.#pairs += here.fields++
    if (this.#pairs > MOST_PAIRS) this.refused = 'names the same field too often'
    const definition = type?.getFields()[field.name.value]
    const reads = definition?.extensions['reads']
    const entries = Object(reads)['most']
    const most = entries === undefined ? 1 : Math.min(entries, this.#limitOf(field))
    if (reads !== undefined) this.cost += times * most
    if (this.cost > MOST_COST) this.refused = `costs more than ${MOST_COST}`
    // What the schema says of itself is deeper, reads nothing, and has a depth of its own.
    const isAboutSchema =
      type === this.#schema.getQueryType() && /^__(schema|type)$/.test(field.name.value)
    if (depth > MOST_DEPTH) this.refused = `is deeper than ${MOST_DEPTH} fields`
    if (field.selectionSet === undefined || this.refused !== undefined) return
    const inner = definition && getNamedType(definition.type)
    this.#add(field.selectionSet, inner instanceof GraphQLObjectType ? inner : undefined, {
      times: times * (reads === 'list' ? this.#limitOf(field) : most),
      depth: isAboutSchema ? Number.NEGATIVE_INFINITY : depth + 1,
      at: here,
    })
  }

  /** How many items a list may have. What is no limit is refused later, and counts as the largest. */
  #limitOf({ arguments: given = [] }: FieldNode): number {
    const value = given.find(({ name }) => name.value === 'limit')?.value
    if (value === undefined || value.kind === Kind.NULL) return DEFAULT_LIMIT
    const limit =
      value.kind === Kind.INT
        ? Number(value.value)
        : value.kind === Kind.VARIABLE
          ? this.#variables.get(value.name.value)
          : Number.NaN
    if (limit === undefined || limit === null) return DEFAULT_LIMIT
    const isLimit = typeof limit === 'number' && limit >= 1 && limit <= LARGEST_LIMIT
    return isLimit ? limit : LARGEST_LIMIT
  }

  #type(name: string): GraphQLObjectType | undefined {
    const type = this.#schema.getType(name)
    return type instanceof GraphQLObjectType ? type : undefined
  }
}

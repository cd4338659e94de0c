import {
  type ExecutionArgs,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { createHandler, type RequestParams } from 'graphql-http'
import * as z from 'zod/mini'
import { type AccessCode, type Failure, fail, ok, type Result } from '../contract/problems.ts'
import type { GraphDeps } from '../deps/graph.ts'
import { estimate, isTooLong } from '../graphql/cost.ts'
import { Gathering } from '../graphql/gathering.ts'
import { Context, codeOf, problemError } from '../graphql/resolve.ts'
import { schema } from '../graphql/schema.ts'
import { type ActingCall, asSent, defineOperation } from '../operation.ts'
import { charge } from './charge.ts'
import { failureOf } from './failure.ts'
import { graphMediaType } from './graphql-media-type.ts'
import { standingOf } from './standing.ts'

/** Quotas count one request for as many reads and changes. */
const COST_OF_A_REQUEST = 50

const PROBLEMS_OF_GRAPHS = [
  'csrf-failed',
  'authentication-required',
  'invalid-token',
  'validation-error',
  'quota-exceeded',
  'method-not-allowed',
] as const

const text = z.optional(z.string())
/** What a query in an address consists of: see the specification. */
const addressed = z.strictObject({
  query: text,
  variables: text,
  operationName: text,
  extensions: text,
})

/** A query in the address, for caches and for links. Changes want POST. */
export const queryGraph = defineOperation('queryGraph', {
  summary: 'Query the collections (GraphQL), by an address',
  input: addressed,
  problems: PROBLEMS_OF_GRAPHS,
  answer: 'GraphAnswer',
  run: async (call, deps: GraphDeps) => {
    const search = new URLSearchParams(
      Object.entries(call.input).filter((each): each is [string, string] => each[1] !== undefined),
    )
    return answer(call, deps, { method: 'GET', url: `/api/graphql?${search}`, body: null })
  },
})

/** Queries and changes. */
export const runGraph = defineOperation('runGraph', {
  summary: 'Query and change the collections (GraphQL)',
  input: asSent<string>(),
  problems: PROBLEMS_OF_GRAPHS,
  answer: 'GraphAnswer',
  run: (call, deps: GraphDeps) =>
    answer(call, deps, { method: 'POST', url: '/api/graphql', body: call.input }),
})

interface Sent {
  method: 'GET' | 'POST'
  url: string
  body: string | null
}

/**
 * Answers by the GraphQL-over-HTTP specification. In order: syntax, cost, validity, quota; only then anything
 * is read.
 *
 * @see https://graphql.github.io/graphql-over-http/draft/
 */
async function answer(
  call: ActingCall<unknown>,
  deps: GraphDeps,
  { method, url, body }: Sent,
): Promise<Result<string | undefined, 'quota-exceeded' | 'method-not-allowed' | AccessCode>> {
  const mediaType = graphMediaType(call.headers.get('accept'))
  let refused: Failure<'quota-exceeded' | 'method-not-allowed'> | undefined
  let standing: ReturnType<typeof standingOf> | undefined
  let cost = 0
  const gathering = new Gathering(deps.databases, call.trips, call.sights)
  const context = new Context(call.act, gathering)
  const handle = createHandler<unknown, undefined, { context: Context }>({
    onSubscribe: async (_, params) => {
      const planned = plan(params, deps.settings.introspection)
      if ('errors' in planned) return planned.errors
      if ('dear' in planned) {
        const headers = { 'content-type': `${mediaType}; charset=utf-8` }
        return [planned.dear, { status: 422, statusText: '', headers }]
      }
      cost = planned.cost
      refused =
        method === 'GET' && planned.changes
          ? CHANGE_BY_GET
          : await charge(Math.max(1, Math.ceil(cost / COST_OF_A_REQUEST)) - 1, call, deps)
      if (refused !== undefined) return REFUSED
      // With what is read first, in one trip; before anything is changed.
      standing = gathering.run((store) =>
        standingOf({ authentication: call.authentication, store }, deps),
      )
      // Nobody waits for it until the acts have ended: where it fails before, Node would end the process.
      standing.catch(() => undefined)
      if (planned.changes) await standing
      return { ...planned.args, contextValue: { context } }
    },
    onOperation: (_, __, result) => ({ ...result, extensions: { cost } }),
    formatError: (error) => shownError(error, deps),
  })
  const headers = { accept: mediaType, 'content-type': 'application/json; charset=utf-8' }
  const [text, { status, headers: sent = {} }] = await handle({
    ...{ method, url, body, headers },
    raw: undefined,
    context: undefined,
  })
  const proof = await standing
  const failure = refused ?? (proof?.ok === false ? proof : context.refused)
  if (failure !== undefined) return failure
  return ok(text ?? undefined, { status, headers: sent })
}

/** A link or a picture in a page must not change anything. */
const CHANGE_BY_GET = fail('method-not-allowed', 'a change by GET', {
  detail: 'A mutation is sent with POST.',
  headers: { Allow: 'POST' },
})

/** In the place of what the library would answer; the failure itself goes out. */
const REFUSED: [null, { status: number; statusText: string }] = [
  null,
  { status: 400, statusText: '' },
]

/** A query that may be begun, with what it costs; or what is answered in its place. */
type Planned =
  | { args: ExecutionArgs; cost: number; changes: boolean }
  | { errors: readonly GraphQLError[] }
  | { dear: string }

function plan(params: RequestParams, introspection: boolean): Planned {
  const { query, operationName, variables } = params
  if (isTooLong(query)) return { dear: tooDear('is too long', 0) }
  try {
    const document = parse(query)
    const operation = getOperationAST(document, operationName)
    const { cost, ...judged } =
      operation && operation.operation !== 'subscription'
        ? estimate(schema(), document, operation, variables ?? {})
        : { cost: 0 }
    if ('refused' in judged) return { dear: tooDear(judged.refused, cost) }
    const rules = introspection
      ? specifiedRules
      : [...specifiedRules, NoSchemaIntrospectionCustomRule]
    const errors = validate(schema(), document, rules)
    if (errors.length > 0) return { errors }
    // The library would begin it, and answer 200.
    const values = getVariableValues(
      schema(),
      operation?.variableDefinitions ?? [],
      variables ?? {},
      { maxErrors: 50 },
    )
    if (values.errors !== undefined) return { errors: values.errors }
    return {
      cost,
      changes: operation?.operation === 'mutation',
      args: {
        schema: schema(),
        document,
        operationName: operationName ?? null,
        variableValues: variables ?? null,
      },
    }
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] }
    throw error
  }
}

function tooDear(why: string, cost: number): string {
  const message = `The query ${why}: ask for less at once.`
  const errors = [{ message, extensions: codeOf('validation-error') }]
  return JSON.stringify({ errors, extensions: { cost } })
}

/**
 * An error as a client may see it: where it is and what to do, no stack, and nothing of the schema that the
 * client has not named itself. The library guesses what was meant; it would spell out hidden names.
 */
function shownError(error: Readonly<GraphQLError | Error>, { log }: GraphDeps): GraphQLError {
  if (!(error instanceof GraphQLError)) {
    return new GraphQLError(error.message, { extensions: codeOf('invalid-request') })
  }
  const { originalError, nodes, source, positions, path } = error
  const place = {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
  }
  if (originalError !== undefined && !(originalError instanceof GraphQLError)) {
    const { code, reason } = failureOf(originalError)
    log(code === 'internal-error' ? 'error' : 'warn', 'graphql.failed', { code, reason })
    return new GraphQLError(problemError(fail(code, reason)).message, {
      ...place,
      extensions: codeOf(code),
    })
  }
  const message = error.message.replace(/ Did you mean .*$/s, '')
  const extensions = 'code' in error.extensions ? error.extensions : codeOf('invalid-request')
  return new GraphQLError(message, { ...place, extensions })
}

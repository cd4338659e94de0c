import type * as z from 'zod/mini'
import { LiveAccess } from '../auth/liveness.ts'
import type { AuthCall } from '../auth/types.ts'
import type { ReadCall } from '../collections/read.ts'
import type { Deps } from '../deps.ts'
import {
  type AccessCode,
  type Failure,
  fail,
  ok,
  type ProblemCode,
  type Result,
} from '../errors.ts'
import { quotaExceeded, setQuotaHeaders } from '../rate-limit/headers.ts'
import { Store } from '../store/store.ts'
import { Trips } from '../store/trips.ts'
import { authenticate, presentedCredential, refusal, TWO_CREDENTIALS } from './authenticate.ts'
import { declaresTooLarge, isJson, readJson } from './body.ts'
import { addressPartition, clientAddress } from './client-ip.ts'
import type { Operation } from './contract.ts'
import { setCorsHeaders } from './cors.ts'
import { failureOf, logFailure } from './failure.ts'
import { readHandover, serverTiming } from './handover.ts'
import { json, problem } from './problem.ts'
import { RequestQuotas } from './quotas.ts'
import { accessOf, findRoute, PATH_VARIABLES } from './router.ts'
import { validate } from './validation.ts'

/** One request as a use case sees it; each takes the part it needs. */
export type Call<input> = AuthCall<input> & ReadCall<input>

/** What an operation does: the schema of its input, and the function that answers. */
export interface UseCase<input, code extends ProblemCode> {
  /** Of the JSON body, or of the query where the operation has no body. */
  input?: z.ZodMiniType<input>
  run: (call: Call<input>, deps: Deps) => Promise<Result<unknown, code>>
}

export type Handler = (request: Request) => Promise<Response>

/**
 * Turns an operation row and a use case into a web-standard handler.
 *
 * A use case that can fail with a problem that the row does not list does not compile. The handler
 * trusts nothing that the gate did but its wish to be quick: it checks the credential again, asks
 * the store whether the session lives, and only then lets an answer out. In order: credential,
 * level, strict quotas, the body by streamed count, syntax, schema, use case.
 *
 * @param deps Called at the first request, so that a build needs no environment.
 */
export function endpoint<const row extends Operation, input = undefined>(
  row: row,
  useCase: UseCase<input, NoInfer<row['errors'][number]> | AccessCode>,
  deps: () => Deps,
): Handler {
  return async (request) => {
    const { pathname } = new URL(request.url)
    const handover = readHandover(request.headers)
    const requestId = handover?.requestId ?? crypto.randomUUID()
    let settled: Deps | undefined
    let trips: Trips | undefined
    let quotas: RequestQuotas | undefined
    let outcome: Result<unknown, ProblemCode>
    try {
      settled = deps()
      trips = new Trips(settled.now, handover?.spent)
      quotas = new RequestQuotas(settled.limiter, trips, settled.log)
      outcome = await perform(row, useCase, {
        request,
        pathname,
        deps: settled,
        store: new Store(settled.databases, trips),
        quotas,
      })
      if (!outcome.ok) logFailure(row.path, requestId, outcome)
    } catch (error) {
      outcome = failureOf(error, requestId)
    }

    const response = outcome.ok
      ? json(row.status, outcome.value)
      : problem(outcome.code, { instance: pathname, requestId }, outcome)
    const { headers } = response
    if (outcome.ok && row.cacheSeconds !== undefined) {
      headers.set('Cache-Control', `public, max-age=${row.cacheSeconds}`)
    }
    headers.set('Server-Timing', serverTiming(trips))
    setQuotaHeaders(headers, quotas?.decisions ?? [])
    setCorsHeaders(headers, request, settled?.settings.corsOrigins ?? [])
    // The gate has set the id already, and Next would append this one to it.
    if (handover === undefined) headers.set('X-Request-Id', requestId)
    return response
  }
}

interface Exchange {
  request: Request
  pathname: string
  deps: Deps
  store: Store
  quotas: RequestQuotas
}

async function perform<input>(
  row: Operation,
  useCase: UseCase<input, ProblemCode>,
  { request, pathname, deps, store, quotas }: Exchange,
): Promise<Result<unknown, ProblemCode>> {
  const match = findRoute(pathname)
  if (match === 'malformed' || match === 'unknown') return fail('not-found', match)

  const authentication = await authenticate(request.headers, deps.accessTokens, deps.now())
  if (authentication.status === 'two') return TWO_CREDENTIALS
  const needed = accessOf(row, match)
  if (needed !== 'public' && authentication.status !== 'valid') return refusal(authentication)
  const claims = authentication.status === 'valid' ? authentication.claims : undefined
  const access = new LiveAccess(store, claims, needed, deps.now)
  if (row.method !== 'GET') {
    const proof = await access.prove()
    if (!proof.ok) return proof
  }

  const address = clientAddress(request.headers, deps.settings.trustedProxy)
  if (row.quota === 'signin') {
    const decision = await quotas.count(row.quota, addressPartition(address))
    if (!decision.allowed) return quotaExceeded([decision])
  }

  if (row.counted !== undefined && claims !== undefined) {
    const decision = await quotas.count(row.counted, { key: claims.sub })
    if (!decision.allowed) return quotaExceeded([decision])
  }

  const input = await readInput(row, useCase, request)
  if (!input.ok) return orUnproven(access, input)
  const bearer = presentedCredential(request.headers)
  const result = await useCase.run(
    {
      input: input.value,
      store,
      quotas,
      principal: claims === undefined ? undefined : { userId: claims.sub, sessionId: claims.sid },
      bearer: bearer.kind === 'bearer' ? bearer.token : undefined,
      client: { address, userAgent: request.headers.get('user-agent') ?? '' },
      collection: match.collection,
      id: match.params['id'],
      log: deps.log,
      read: (read) => access.read(read),
    },
    deps,
  )
  return orUnproven(access, result)
}

/** Lets an outcome out only when the session behind it is known to live. */
async function orUnproven<result extends Result<unknown, ProblemCode>>(
  access: LiveAccess,
  result: result,
): Promise<result | Failure<AccessCode>> {
  const proof = await access.prove()
  return proof.ok ? result : proof
}

async function readInput<input>(
  row: Operation,
  { input: schema }: UseCase<input, ProblemCode>,
  request: Request,
): Promise<Result<input, ProblemCode>> {
  const raw = await readRaw(row, request)
  if (!raw.ok) return raw
  // Without a schema the use case takes `unknown` or nothing, and judges by itself.
  return schema === undefined ? ok(raw.value as input) : validate(schema, raw.value)
}

async function readRaw(row: Operation, request: Request): Promise<Result<unknown, ProblemCode>> {
  if (row.body === 'none') return ok(queryOf(request))
  if (row.body === 'json' && !isJson(request.headers))
    return fail('unsupported-media-type', 'not JSON')
  if (declaresTooLarge(request.headers)) return fail('payload-too-large', 'Content-Length')
  const body = await readJson(request)
  if (row.body === 'any' && !body.ok && body.code === 'invalid-request') return ok(undefined)
  return body
}

/**
 * The query as an object; a parameter given twice becomes a list, which no schema takes.
 *
 * Next appends the path's variables to an edge route's URL, and any that the client names as
 * `nxtP…`: names of variables are left out, here and on every other host.
 */
function queryOf(request: Request): Record<string, string | string[]> {
  // Without a prototype: `__proto__` is a name like any other.
  const query: Record<string, string | string[]> = Object.create(null)
  const parameters = new URL(request.url).searchParams
  for (const name of new Set(parameters.keys())) {
    if (PATH_VARIABLES.has(name) || /^nxt[PI]/.test(name)) continue
    const values = parameters.getAll(name)
    query[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  return query
}

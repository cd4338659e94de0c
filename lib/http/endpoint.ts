import type { LiveAccess } from '../auth/sessions/liveness.ts'
import type { AuthCall, CookieJar, Report } from '../auth/types.ts'
import { accessOf } from '../contract/access-of.ts'
import {
  type AccessCode,
  type Failure,
  fail,
  type ProblemCode,
  type Result,
} from '../contract/problems.ts'
import type { Deps } from '../deps/base.ts'
import type { AnyOperation } from '../operation.ts'
import { printable } from '../printable.ts'
import { quotaExceeded } from '../rate-limit/headers.ts'
import type { WaitUntil } from '../rate-limit/types.ts'
import { Store } from '../store/client/store.ts'
import { Trips } from '../store/client/trips.ts'
import { eventWords } from '../store/events.ts'
import { type Trace, traceOf } from '../trace.ts'
import { admit, ownerOf } from './admission.ts'
import { detached, inBackground, keptAlive, record } from './background.ts'
import { addressPartition, clientAddress } from './client-ip.ts'
import type { CollectionPart } from './collection-call.ts'
import type { Caller } from './credentials/present.ts'
import { isForeign, isSameOrigin } from './csrf.ts'
import { failureOf } from './failure.ts'
import { type Handover, readHandover } from './handover.ts'
import { readInput } from './input.ts'
import { problem } from './problem.ts'
import { RequestQuotas } from './quotas.ts'
import { operationName } from './request-log.ts'
import { finish, success } from './respond.ts'
import { findRoute, isPublicRead, operationOf } from './router.ts'
import { countStranger } from './stranger.ts'

/**
 * @param host The {@link WaitUntil} of `lib/app.ts`; what Next hands over in its place, the
 *   parameters of the route, is not used.
 * @param passed What the gate says, where it is in the same process.
 */
export type Handler = (request: Request, host?: unknown, passed?: Handover) => Promise<Response>

/**
 * Turns an operation into a web-standard handler.
 *
 * The gate's checks are only an early exit: the handler checks the credential again, asks the store
 * whether the session lives, and only then lets an answer out. In order: credential, CSRF, level,
 * strict quotas, the body by streamed count, syntax, schema, use case.
 *
 * @param deps Called at the first request, so that a build needs no environment.
 * @param waitUntil Keeps work alive after the answer, under a host that needs to be told.
 */
export function endpoint<needs>(
  { id, row, input, run }: AnyOperation<needs>,
  deps: () => needs & Deps,
  waitUntil: WaitUntil = detached,
): Handler {
  return async (request, host, passed) => {
    const { pathname } = new URL(request.url)
    const handover = passed ?? readHandover(request.headers)
    const requestId = handover?.requestId ?? crypto.randomUUID()
    const startedAt = handover?.startedAt ?? Date.now()
    const trace = traceOf(request.headers)
    let settled: (needs & Deps) | undefined
    let trips: Trips | undefined
    let quotas: RequestQuotas | undefined
    const setCookies: string[] = []
    const later = keptAlive(typeof host === 'function' ? (host as WaitUntil) : waitUntil)
    const caller: Caller = {}
    const match = findRoute(pathname)
    const operation = typeof match === 'object' ? operationName(row, match) : undefined
    let outcome: Result<unknown, ProblemCode>
    try {
      settled = deps()
      const { cookies } = settled
      trips = new Trips(settled.now, handover?.spent, trace)
      const needs = settled
      const ip = clientAddress(request.headers, settled.settings.trustedProxy)
      const report: Report = (type, fields) =>
        later(record(needs, type, { ...fields, ip, requestId }))
      quotas = new RequestQuotas(settled.limiter, trips, settled.log, (policy, user) =>
        report('throttled', { policy, user, ...caller }),
      )
      outcome = await perform(
        { id, row, input, run },
        {
          where: { instance: pathname, requestId },
          request,
          match,
          deps: settled,
          store: new Store(settled.databases, trips),
          quotas,
          identify: (known) => void Object.assign(caller, known),
          address: ip,
          trace,
          later,
          report,
          event: (type, fields) => eventWords(type, { ...fields, ip, requestId }),
          cookies: {
            give: (tokens) => void setCookies.splice(0, 2, ...cookies.issue(tokens)),
            clear: () => void setCookies.splice(0, 2, ...cookies.clear()),
          },
        },
      )
      if (row.quota === 'session' && quotas.decisions.length === 0) {
        const { hotLimiter } = settled
        const stranger = { hotLimiter, partition: addressPartition(ip), trips, waitUntil: later }
        outcome = (await countStranger(quotas.decisions, stranger)) ?? outcome
      }
      const refused = !outcome.ok && outcome.code === 'insufficient-scope'
      if (refused && typeof match === 'object' && accessOf(row, match.collection) === 'admin') {
        report('access.refused', { operation, ...caller })
      }
    } catch (error) {
      outcome = failureOf(error)
    }

    const answer = outcome.ok ? await success(row, outcome, request.headers) : outcome
    const failure = answer instanceof Response ? undefined : answer
    const response =
      answer instanceof Response
        ? answer
        : problem(answer.code, { instance: pathname, requestId }, answer)
    // Also with a failure: a pair that was rotated and not delivered would sign its owner out.
    for (const cookie of setCookies) response.headers.append('Set-Cookie', cookie)
    return finish(response, {
      request,
      deps: settled,
      requestId,
      isNamed: handover !== undefined,
      startedAt,
      operation,
      caller,
      failure,
      spent: trips,
      decisions: quotas?.decisions ?? [],
      limit: handover?.limit,
      isPublic: typeof match === 'object' && isPublicRead(row, match),
      trace,
      later,
    })
  }
}

/** The call as it is made for any operation: what its row does not promise may be missing. */
type Made = AuthCall<unknown> &
  Partial<CollectionPart> & {
    [name in 'collection' | 'id' | 'key']: unknown
  }

/** In letters: a session keeps it, to tell devices apart. */
const LONGEST_USER_AGENT = 256

interface Exchange<needs> {
  /** What a problem document says of the request. */
  where: { instance: string; requestId: string }
  request: Request
  match: ReturnType<typeof findRoute>
  deps: needs & Deps
  store: Store
  quotas: RequestQuotas
  cookies: CookieJar
  address: string | undefined
  trace: Trace | undefined
  later: WaitUntil
  report: Report
  event: AuthCall['event']
  /** Told who asks, for the log and the events. */
  identify: (caller: Caller) => void
}

async function perform<needs>(
  operation: Pick<AnyOperation<needs>, 'id' | 'row' | 'input' | 'run'>,
  exchange: Exchange<needs>,
): Promise<Result<unknown, ProblemCode>> {
  const { request, match, deps, store, quotas, cookies, address, trace, later, report } = exchange
  const { event, identify, where } = exchange
  const { row } = operation
  const { headers } = request
  if (match === 'malformed' || match === 'unknown') return fail('not-found', match)
  // For Next the paths of several operations may be one route.
  if (operationOf(match, request.method) !== operation.id) return fail('not-found', 'another path')
  const site = {
    sameOrigin: isSameOrigin(headers, deps.settings.origin),
    foreign: isForeign(headers, deps.settings.origin),
  }
  const admission = await admit(row, match, {
    ...{ headers, deps, store, cookies, site, report, identify },
  })
  if (!admission.ok) return admission
  const { access, principal, signed, presented } = admission.value
  const needsAccount = row.access !== 'public' && row.access !== 'collection' && !row.token
  if (needsAccount && principal === undefined) return fail('invalid-token', 'no principal')

  if (row.quota !== 'gate' && row.quota !== 'session' && row.quota !== 'none') {
    const decision = await quotas.count(row.quota, addressPartition(address))
    if (!decision.allowed) return quotaExceeded([decision])
  }
  // Where nobody has to sign in, the change of a stranger counts by the address it comes from.
  const changes = principal === undefined ? addressPartition(address) : { key: principal.accountId }
  const { counted } = row
  if (counted !== undefined) {
    const decision = await quotas.count(counted, changes)
    if (!decision.allowed) return quotaExceeded([decision])
  }

  const input = await readInput(row, operation.input, request)
  if (!input.ok) return orUnproven(access, input)
  const result = await operation.run(
    // What the row promises is there: see `Call`.
    {
      input: input.value,
      store,
      quotas,
      principal,
      presented,
      cookies,
      site,
      trace,
      later,
      report,
      event,
      identify: ({ accountId, sessionId }) => identify({ user: accountId, session: sessionId }),
      client: {
        address,
        partition: addressPartition(address),
        userAgent: printable((headers.get('user-agent') ?? '').slice(0, LONGEST_USER_AGENT)),
      },
      collection: match.collection,
      id: match.params['id'],
      key: match.params['key'],
      read: (read) => access.read(read),
      ...deps.ofCollection?.({ headers, access, signed, quotas, counted, changes, where }),
      background: (work) => later(inBackground(deps, work)),
    } satisfies Made as never,
    deps,
  )
  const proven = await orUnproven(access, result)
  if (access.keyOwner !== undefined) identify(ownerOf(access.keyOwner))
  const { usedKey } = access
  const { keys } = deps
  if (usedKey !== undefined && keys !== undefined) {
    later(inBackground(deps, (freshStore) => keys.noteUse(freshStore, usedKey)))
  }
  return proven
}

/** Lets an outcome out only when the session behind it is known to live. */
async function orUnproven<result extends Result<unknown, ProblemCode>>(
  access: LiveAccess,
  result: result,
): Promise<result | Failure<AccessCode>> {
  const proof = await access.prove()
  return proof.ok ? result : proof
}

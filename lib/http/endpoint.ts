import type { LiveAccess } from '../auth/sessions/liveness.ts'
import type { AuthCall, CookieJar, Report } from '../auth/types.ts'
import { accessOf } from '../contract/access-of.ts'
import type { Operation } from '../contract/operations.ts'
import {
  type AccessCode,
  type Failure,
  fail,
  ok,
  type ProblemCode,
  type Result,
} from '../contract/problems.ts'
import type { Deps } from '../deps/base.ts'
import type { Act, ActingCall, AnyOperation } from '../operation.ts'
import { printable } from '../printable.ts'
import { quotaExceeded } from '../rate-limit/headers.ts'
import type { PolicyName } from '../rate-limit/policies.ts'
import type { WaitUntil } from '../rate-limit/types.ts'
import { Store } from '../store/client/store.ts'
import { Trips } from '../store/client/trips.ts'
import { eventWords } from '../store/events.ts'
import { DEFAULT_PLAN } from '../store/rules.ts'
import { type Trace, traceOf } from '../trace.ts'
import { absence } from './absence.ts'
import { admit, ownerOf, type Shown, show } from './admission.ts'
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
import { findRoute, isPublicRead, type Match, operationOf } from './router.ts'
import { countStranger } from './stranger.ts'
import { readSync, SYNC_HEADER, type Sync, staleBefore, syncToken } from './sync.ts'

/**
 * @param host The {@link WaitUntil} of `lib/app.ts`; what Next hands over in its place, the
 *   parameters of the route, is not used.
 * @param passed What the gate says, where it is in the same process.
 */
export type Handler = (request: Request, host?: unknown, passed?: Handover) => Promise<Response>

/** Shows a failure to those who want a page, and leaves the problem document to all others. */
export type FailurePage = (problem: Response, failure: Failure, asked: Headers) => Response

/**
 * Turns an operation into a web-standard handler.
 *
 * The gate's checks are only an early exit: the handler checks the credential again, asks the store
 * whether the session lives, and only then lets an answer out. In order: credential, CSRF, level,
 * strict quotas, the body by streamed count, syntax, schema, use case.
 *
 * @param deps Called at the first request, so that a build needs no environment.
 * @param waitUntil Keeps work alive after the answer, under a host that needs to be told.
 * @param page Shows a failure to a person, where browsers are led to the operation.
 */
export function endpoint<needs>(
  { id, row, input, run }: AnyOperation<needs>,
  deps: () => needs & Deps,
  waitUntil: WaitUntil = detached,
  page: FailurePage = (problem) => problem,
): Handler {
  return async (request, host, passed) => {
    const { pathname } = new URL(request.url)
    const handover = passed ?? (await handedOver(request.headers, deps))
    const requestId = handover?.requestId ?? crypto.randomUUID()
    const startedAt = handover?.startedAt ?? Date.now()
    const trace = traceOf(request.headers)
    let settled: (needs & Deps) | undefined
    let trips: Trips | undefined
    let quotas: RequestQuotas | undefined
    let sync: Sync | undefined
    const setCookies: string[] = []
    const otherCookies: string[] = []
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
      sync = await readSync(request.headers.get(SYNC_HEADER), settled.databases, settled.syncMacs)
      const ip = clientAddress(request.headers, settled.settings.trustedProxy)
      const report: Report = (type, fields) =>
        later(record(needs, type, { ...fields, ip, requestId }))
      const onDenied = (policy: PolicyName, user?: string): void =>
        report('throttled', { policy, user, ...caller })
      quotas = new RequestQuotas(settled.limiter, trips, settled.log, onDenied, later)
      const shown = row.acts === true ? await show(request.headers, settled) : undefined
      outcome = await perform(
        { id, row, input, run },
        {
          where: { instance: pathname, requestId },
          request,
          requestId,
          trips,
          match,
          shown,
          caller,
          deps: settled,
          store: new Store(settled.databases, trips, sync.sights),
          sync,
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
            add: (cookie) => void otherCookies.push(cookie),
          },
        },
      )
      if (row.quota === 'session' && quotas.decisions.length === 0) {
        const { hotLimiter } = settled
        const stranger = { hotLimiter, partition: addressPartition(ip), trips, waitUntil: later }
        outcome = (await countStranger(quotas.decisions, stranger)) ?? outcome
      }
    } catch (error) {
      outcome = failureOf(error)
    }

    const answer = outcome.ok ? await success(row, outcome, request.headers) : outcome
    // A host's own kind of answer is no instance of the web's.
    const failure = 'code' in answer ? answer : undefined
    const response =
      'code' in answer
        ? page(
            problem(answer.code, { instance: pathname, requestId }, answer),
            answer,
            request.headers,
          )
        : answer
    // Of what was done for nobody it would tell whether there was something to do.
    const written =
      caller.user === undefined || sync === undefined || settled === undefined
        ? undefined
        : await syncToken(sync.sights, settled.now(), settled.syncMacs)
    if (written !== undefined) response.headers.set(SYNC_HEADER, written)
    // Also with a failure: a pair that was rotated and not delivered would sign its owner out.
    for (const cookie of [...setCookies, ...otherCookies]) {
      response.headers.append('Set-Cookie', cookie)
    }
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
      passed: handover?.quotas,
      counted: handover === undefined ? ownUsage(row, caller) : handover.counted,
      isPublic: typeof match === 'object' && isPublicRead(row, match),
      trace,
      later,
    })
  }
}

/** Without a gate a request is counted for whoever has shown a credential. */
function ownUsage(row: Operation, { user }: Caller): string | undefined {
  return row.quota === 'gate' ? user : undefined
}

/** What a gate elsewhere says; nothing while the environment has faults. */
async function handedOver(headers: Headers, deps: () => Deps): Promise<Handover | undefined> {
  try {
    return readHandover(headers, await deps().gateWord())
  } catch {
    return undefined
  }
}

/** The call as it is made for any operation: what its row does not promise may be missing. */
type Made = Omit<ActingCall<unknown>, 'act' | 'authentication'> &
  Partial<CollectionPart> & {
    [name in
      | 'collection'
      | 'id'
      | 'key'
      | 'provider'
      | 'act'
      | 'authentication'
      | 'staleBefore']: unknown
  }

/** In letters: a session keeps it, to tell devices apart. */
const LONGEST_USER_AGENT = 256

interface Exchange<needs> {
  /** What a problem document says of the request. */
  where: { instance: string; requestId: string }
  request: Request
  requestId: string
  trips: Trips
  match: ReturnType<typeof findRoute>
  /** The credential, where the acts of the request share it. */
  shown: Shown | undefined
  caller: Caller
  /** What an act is given in the place of the request's own body, query and conditions. */
  given?: { input: unknown }
  deps: needs & Deps
  store: Store
  sync: Sync
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

type Performed<needs> = Pick<AnyOperation<needs>, 'id' | 'row' | 'input' | 'run'>

/** An act has no header fields of its own. */
const NO_HEADERS = new Headers()

/** Performs one operation for the caller of a request, and tells of an admin's door that was tried. */
async function perform<needs>(
  operation: Performed<needs>,
  exchange: Exchange<needs>,
): Promise<Result<unknown, ProblemCode>> {
  const { match, caller, report } = exchange
  const { row } = operation
  if (match === 'malformed' || match === 'unknown') return fail('not-found', match)
  const outcome = await performAt(operation, match, exchange)
  const refused = !outcome.ok && outcome.code === 'insufficient-scope'
  if (refused && accessOf(row, match.collection) === 'admin') {
    report('access.refused', { operation: operationName(row, match), ...caller })
  }
  return outcome
}

async function performAt<needs>(
  operation: Performed<needs>,
  match: Match,
  exchange: Exchange<needs>,
): Promise<Result<unknown, ProblemCode>> {
  const { request, deps, store, quotas, cookies, address, trace, later, report, given } = exchange
  const { event, identify, sync, shown, where } = exchange
  const { row } = operation
  const { headers } = request
  // For Next the paths of several operations may be one route. An act is of another operation than its request.
  const isOwn = given !== undefined || operationOf(match, request.method) === operation.id
  if (!isOwn) return fail('not-found', 'another path')
  const absent = absence(row, deps.settings)
  if (absent !== undefined) return absent
  const site = {
    sameOrigin: isSameOrigin(headers, deps.settings.origin),
    sameOriginFetch: headers.get('sec-fetch-site') === 'same-origin',
    foreign: isForeign(headers, deps.settings.origin),
  }
  const admission = await admit(row, match, {
    ...{ headers, deps, store, cookies, site, report, identify },
    ...(shown && { shown }),
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

  const input = given ? ok(given.input) : await readInput(row, operation.input, request)
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
      sentCookies: headers.get('cookie'),
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
      authentication: shown?.authentication,
      headers,
      requestId: exchange.requestId,
      trips: exchange.trips,
      sights: sync.sights,
      act: (another: Performed<needs>, { collection, id, input: sent, store: own }: Act) => {
        const params = id === undefined ? {} : { id }
        return perform(another, {
          ...exchange,
          store: own ?? store,
          match: { operations: match.operations, collection, params },
          given: { input: sent },
        })
      },
      collection: match.collection,
      id: match.params['id'],
      key: match.params['key'],
      provider: match.params['provider'],
      signedInAgo: () => access.signedInAgo,
      plan: () => access.plan ?? DEFAULT_PLAN,
      staleBefore: staleBefore(sync),
      read: (read) => access.read(read),
      ...deps.ofCollection?.({
        headers: given === undefined ? headers : NO_HEADERS,
        ...{ access, signed, quotas, counted, changes, where },
      }),
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

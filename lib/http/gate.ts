import type { PresentedKey } from '../auth/api-keys/api-key.ts'
import type { Access } from '../contract/access.ts'
import { accessOf } from '../contract/access-of.ts'
import { contract, type Operation } from '../contract/operations.ts'
import { type Failure, fail } from '../contract/problems.ts'
import type { GateDeps } from '../deps/gate.ts'
import { quotaExceeded } from '../rate-limit/headers.ts'
import type { HotQuota } from '../rate-limit/hot.ts'
import { type PlanLimits, perMinute } from '../rate-limit/plans.ts'
import type { Decision, WaitUntil } from '../rate-limit/types.ts'
import { Trips } from '../store/client/trips.ts'
import { traceOf } from '../trace.ts'
import { absence } from './absence.ts'
import { declaresTooLarge, takesMediaType } from './body.ts'
import { addressPartition, clientAddress } from './client-ip.ts'
import { setPreflightHeaders } from './cors.ts'
import { UNKNOWN_KEY } from './credentials/api-key.ts'
import type { Authentication } from './credentials/credential.ts'
import {
  type Caller,
  callerOf,
  ENDED_SESSION,
  holdsToken,
  present,
  refusal,
  TWO_CREDENTIALS,
} from './credentials/present.ts'
import { failureOf } from './failure.ts'
import type { Handover } from './handover.ts'
import { HEADER_SECTION_DETAIL, isHeaderSectionTooLarge } from './header-section.ts'
import type { KeyQuota } from './key-limits.ts'
import { failurePage } from './pages/failure-page.ts'
import { normalPath, redirectOf } from './path.ts'
import { json, problem, redirect } from './problem.ts'
import { operationName } from './request-log.ts'
import { finish } from './respond.ts'
import { allowedMethods, findRoute, isPublicRead, type Match, operationOf } from './router.ts'
import { countStranger } from './stranger.ts'

/** The gate answers, or lets pass with headers for the endpoint and for the answer. */
export type GateOutcome =
  | { response: Response }
  | { pass: { handover: Handover; response: Headers } }

/** Paths whose every answer is JSON; the rest are pages. */
export function isApiPath(pathname: string): boolean {
  return /^\/(api|v1|\.well-known)(\/|$)/.test(pathname)
}

/**
 * Whether a request is for a page. The gate answers all others: those of the API, and those whose
 * path is malformed or not in its normal form.
 */
export function isForPage(method: string, url: { pathname: string; search: string }): boolean {
  if (redirectOf(method, url) !== undefined) return false
  const pathname = normalPath(url.pathname)
  return !isApiPath(pathname) && findRoute(pathname) !== 'malformed'
}

/**
 * The first stop of every API request: it rejects early and counts, and never vouches for anyone.
 * In order: the size of the header section, path, method, preflight, the token's signature, quota,
 * blocks, media type, length, a missing or bad credential. The endpoint checks again.
 *
 * @param waitUntil Keeps the counting alive after the answer.
 */
export async function gate(
  request: Request,
  deps: () => GateDeps,
  waitUntil: WaitUntil,
): Promise<GateOutcome> {
  const url = new URL(request.url)
  const pathname = normalPath(url.pathname)
  const requestId = crypto.randomUUID()
  const startedAt = Date.now()
  const trace = traceOf(request.headers)
  const decisions: Decision[] = []
  const caller: Caller = {}
  const counted: CountedFor = {}
  const routed = destinationOf(request, url)
  let settled: GateDeps | undefined
  let trips: Trips | undefined
  let refused: Failure | undefined = 'refused' in routed ? routed.refused : undefined
  try {
    settled = deps()
    trips = new Trips(settled.now, undefined, trace)
    if ('row' in routed) {
      const { settings } = settled
      const inspection = { request, deps: settled, trips, decisions, caller, counted, waitUntil }
      refused = absence(routed.row, settings) ?? (await inspect(routed, inspection))
    }
  } catch (error) {
    refused ??= failureOf(error)
  }

  const shown = (document: Response, failure: Failure): Response =>
    'row' in routed && routed.row.page === true
      ? failurePage(document, failure, request.headers)
      : document
  if (refused === undefined && 'row' in routed && trips !== undefined) {
    const headers = new Headers({ 'X-Request-Id': requestId })
    const handover = {
      requestId,
      spent: trips,
      startedAt,
      quotas: decisions,
      counted: counted.account,
    }
    return { pass: { handover, response: headers } }
  }

  const response =
    refused !== undefined
      ? shown(problem(refused.code, { instance: pathname, requestId }, refused), refused)
      : 'location' in routed
        ? redirect(routed.location)
        : json(204, undefined)
  finish(response, {
    request,
    deps: settled,
    requestId,
    isNamed: false,
    startedAt,
    operation: 'row' in routed ? operationName(routed.row, routed.match) : undefined,
    caller,
    failure: refused,
    spent: trips,
    decisions,
    counted: counted.account,
    isPublic: 'row' in routed && isPublicRead(routed.row, routed.match),
    trace,
    later: waitUntil,
  })
  if ('allow' in routed) {
    response.headers.set('Allow', routed.allow)
    if (request.method === 'OPTIONS') setPreflightHeaders(response.headers, routed.allow)
  }
  return { response }
}

/** Where a request goes, by its size, its method and its path alone. */
function destinationOf({ method, headers }: Request, url: URL): Routed | { location: string } {
  if (isHeaderSectionTooLarge(url.href, headers)) {
    const detail = HEADER_SECTION_DETAIL
    return { refused: fail('header-too-large', 'header section', { detail }) }
  }
  const location = redirectOf(method, url)
  return location === undefined ? routeOf(method, normalPath(url.pathname)) : { location }
}

/** An operation; or a refusal; or, with `allow` alone, a preflight. */
type Routed =
  | { row: Operation; match: Match }
  | { refused: Failure }
  | { allow: string; refused?: Failure }

export const MALFORMED_PATH = fail('invalid-request', 'malformed path', {
  detail: 'The path has a percent sign that begins no encoded UTF-8 character.',
})

/**
 * Judges path and method alone; the start server asks this too, for what never reaches the gate.
 */
export function routeOf(method: string, pathname: string): Routed {
  const match = findRoute(pathname)
  if (match === 'malformed') return { refused: MALFORMED_PATH }
  if (match === 'unknown') return { refused: fail('not-found', 'no such path') }
  const allow = allowedMethods(match)
  if (method === 'OPTIONS') return { allow }
  const operation = operationOf(match, method)
  if (operation === undefined) return { allow, refused: fail('method-not-allowed', method) }
  return { row: contract[operation], match }
}

interface Inspection {
  request: Request
  deps: GateDeps
  trips: Trips
  decisions: Decision[]
  /** Filled in, for the log. */
  caller: Caller
  /** Filled in, for the usage. */
  counted: CountedFor
  waitUntil: WaitUntil
}

/** The account that the quotas count a request for. */
interface CountedFor {
  account?: string | undefined
}

/** Judges a request to an operation; undefined lets it pass. */
async function inspect(
  { row, match }: { row: Operation; match: Match },
  { request, deps, trips, decisions, caller, counted, waitUntil }: Inspection,
): Promise<Failure | undefined> {
  const { headers } = request
  // Not counted: an operator looks when an attack has used up what its address shares.
  if (holdsToken(row, headers, deps.settings)) return undefined
  let authentication = await present(headers, deps).check(deps.now())
  const asStranger = () => {
    const partition = addressPartition(clientAddress(headers, deps.settings.trustedProxy))
    return countStranger(decisions, { hotLimiter: deps.hotLimiter, partition, trips, waitUntil })
  }
  if (authentication.status === 'two') {
    return (row.quota === 'none' ? undefined : await asStranger()) ?? TWO_CREDENTIALS
  }
  Object.assign(caller, callerOf(authentication))
  const access = accessOf(row, match.collection)
  // Where a key neither opens nor counts anything, one that is not known is not looked up: that is a trip for nobody.
  const asks = row.quota === 'gate' || access !== 'public'
  const keyQuota =
    authentication.status === 'key' && (asks || deps.keyLimits.isKnown(authentication.key))
      ? await quotaOfKey(authentication.key, headers, deps, { trips, waitUntil })
      : undefined
  if (authentication.status === 'key' && keyQuota === undefined) authentication = UNKNOWN_KEY
  if (keyQuota !== undefined) caller.user = keyQuota.owner
  if ('claims' in authentication) {
    const { claims } = authentication
    deps.sessionWatch(claims, waitUntil)
    if (deps.deadSessions.has(claims)) authentication = ENDED_SESSION
  }

  const listed = row.quota === 'none' ? undefined : deps.blockList.refresh(trips, waitUntil)
  const unread = bodyFault(row, headers)
  // The endpoint counts these, and does not get to see what is refused here.
  if (row.quota !== 'gate' && row.quota !== 'none' && unread !== undefined) {
    return (await asStranger()) ?? unread
  }
  if (row.quota === 'gate') {
    const counting = { access, headers, deps, trips, waitUntil, keyQuota }
    deps.usage.goWith(deps.hotLimiter)
    counted.account = accountOf(authentication, keyQuota)
    decisions.push(...(await countRequest(authentication, counting)))
    if (decisions.some(({ allowed }) => !allowed)) return quotaExceeded(decisions)
  }
  await listed
  if (row.quota !== 'none' && isBlocked(authentication, keyQuota, headers, deps)) return BLOCKED
  if (unread !== undefined) return unread
  const { status } = authentication
  if (status === 'valid' || status === 'renewable' || status === 'key') return undefined
  if (access === 'public' && !(row.acts === true && status === 'invalid')) return undefined
  return refusal(authentication)
}

/** What the header fields say against the body; the endpoint reads it. */
function bodyFault(row: Operation, headers: Headers): Failure | undefined {
  if (!takesMediaType(row, headers)) return fail('unsupported-media-type', 'not JSON')
  return declaresTooLarge(headers) ? fail('payload-too-large', 'Content-Length') : undefined
}

/** The same for an address, an account and an API key: it does not tell which. */
const BLOCKED = fail('blocked', 'kept out by an admin')

function isBlocked(
  authentication: Authentication,
  keyQuota: KeyQuota | undefined,
  headers: Headers,
  { blockList, settings }: GateDeps,
): boolean {
  // By id and by address: a block may be older than the account's id.
  const { sub, user } =
    'claims' in authentication
      ? authentication.claims
      : { sub: keyQuota?.owner, user: keyQuota?.userId }
  return blockList.keepsOut({
    address: () => clientAddress(headers, settings.trustedProxy),
    users: [sub, user],
    key: callerOf(authentication).key,
  })
}

/**
 * The quota of an API key. Keys that are not known are looked up, as long as their address is not
 * denied: made-up ones that pass the checksum would cost a round trip each.
 */
export async function quotaOfKey(
  key: PresentedKey,
  headers: Headers,
  { keyLimits, hotLimiter, settings }: GateDeps,
  { trips, waitUntil }: { trips: Trips; waitUntil: WaitUntil },
): Promise<KeyQuota | undefined> {
  if (!keyLimits.isKnown(key)) {
    const partition = addressPartition(clientAddress(headers, settings.trustedProxy))
    if (hotLimiter.isUsedUp('anonymous', partition)) return undefined
  }
  return keyLimits.quotaOf(key, trips, waitUntil)
}

interface Counting {
  access: Access
  headers: Headers
  deps: GateDeps
  trips: Trips
  waitUntil: WaitUntil
  /** Of the API key that was presented. */
  keyQuota: KeyQuota | undefined
  /** As how many requests: once, if not said. */
  times?: number
}

function accountOf(
  authentication: Authentication,
  keyQuota: KeyQuota | undefined,
): string | undefined {
  if (authentication.status === 'key') return keyQuota?.owner
  return 'claims' in authentication ? authentication.claims.sub : undefined
}

/**
 * A verified token counts as its subject; an API key as itself, and for its owner; everything else as
 * the address it comes from.
 */
export async function countRequest(
  authentication: Authentication,
  { access, headers, deps, trips, waitUntil, keyQuota, times = 1 }: Counting,
): Promise<Decision[]> {
  const { hotLimiter, plans, plansSeen, sessionWatch, keyLimits, settings } = deps
  if (authentication.status === 'key' && keyQuota !== undefined) {
    const { key } = authentication
    const plan = plans.of(plansSeen.latest({ sub: keyQuota.owner, plan: keyQuota.plan, iat: 0 }))
    const own = keyLimitOf(keyQuota, plan, settings.limits.key?.limit)
    // A window without a limit cannot be counted: it would be full, and its owner's would not count either.
    const ofKey: HotQuota[] = Number.isFinite(own)
      ? [{ policy: 'key', partition: { key: key.id }, limit: own }]
      : []
    const wanted = [...ofKey, ...quotasOf(keyQuota.owner, plan)]
    const decisions = await hotLimiter.countAll(wanted, trips, waitUntil, times)
    if (isDeniedByPlan(decisions)) keyLimits.denied(key, waitUntil)
    return decisions
  }
  if (authentication.status === 'valid' || authentication.status === 'renewable') {
    const { claims } = authentication
    const name = plansSeen.latest(claims)
    // A refresh token says no plan, and its owner may have a large one: it is learned at once.
    if (name === undefined) sessionWatch.lookNow(claims, waitUntil)
    const plan = name === undefined ? UNKNOWN_PLAN : plans.of(name)
    const quotas = quotasOf(claims.sub, plan)
    const decisions = await hotLimiter.countAll(quotas, trips, waitUntil, times)
    if (isDeniedByPlan(decisions)) sessionWatch.denied(claims, waitUntil)
    return decisions
  }
  const partition = addressPartition(clientAddress(headers, settings.trustedProxy))
  // A bad token is not worth waiting for where it is refused: it is counted in the background.
  const wait = authentication.status === 'none' || access === 'public'
  return [await hotLimiter.count('anonymous', partition, trips, waitUntil, { wait, times })]
}

const UNKNOWN_PLAN: Pick<PlanLimits, 'minute' | 'month'> = { minute: undefined, month: undefined }

/** The quotas of an account by its plan. Months are counted without a limit, too: the plan may change. */
function quotasOf(subject: string, plan: Pick<PlanLimits, 'minute' | 'month'>): HotQuota[] {
  const partition = { key: subject }
  const { minute, month = Number.POSITIVE_INFINITY } = plan
  const user: HotQuota[] = minute === undefined ? [] : [{ policy: 'user', partition, ...minute }]
  return [...user, { policy: 'month', partition, limit: month }]
}

/** The requests a minute of an API key: its own, at most as many as a key may have; else its owner's. */
function keyLimitOf(
  { limit }: KeyQuota,
  { minute, largestKey }: PlanLimits,
  most = largestKey,
): number {
  // Its window is a minute, whatever the owner's is.
  const owners = minute && Math.max(minute.limit, perMinute(minute))
  return Math.min(limit ?? owners ?? Number.POSITIVE_INFINITY, most)
}

function isDeniedByPlan(decisions: readonly Decision[]): boolean {
  return decisions.some(({ policy, allowed }) => !allowed && policy !== 'key')
}

import type { PresentedKey } from '../auth/api-key.ts'
import type { Access } from '../auth/levels.ts'
import { type Failure, fail } from '../errors.ts'
import type { GateDeps } from '../gate-deps.ts'
import { quotaExceeded, setQuotaHeaders } from '../rate-limit/headers.ts'
import type { Decision, WaitUntil } from '../rate-limit/types.ts'
import { Trips } from '../store/trips.ts'
import { traceOf } from '../trace.ts'
import {
  type Authentication,
  authenticate,
  type Caller,
  callerOf,
  holdsToken,
  presentedCredential,
  refusal,
  TWO_CREDENTIALS,
  UNKNOWN_KEY,
} from './authenticate.ts'
import { declaresTooLarge, takesMediaType } from './body.ts'
import { addressPartition, clientAddress } from './client-ip.ts'
import { contract, type Operation } from './contract.ts'
import { setCorsHeaders, setPreflightHeaders } from './cors.ts'
import { failureOf } from './failure.ts'
import { type Handover, serverTiming } from './handover.ts'
import { json, problem } from './problem.ts'
import { denying, limitUsed, logRequest, operationName } from './request-log.ts'
import { accessOf, allowedMethods, findRoute, type Match, operationOf } from './router.ts'

/** The gate answers, or lets pass with headers for the endpoint and for the answer. */
export type GateOutcome =
  | { response: Response }
  | { pass: { handover: Handover; response: Headers } }

/** Paths whose every answer is JSON; the rest are pages. */
export function isApiPath(pathname: string): boolean {
  return /^\/(api|v1|\.well-known)(\/|$)/.test(pathname)
}

/**
 * The first stop of every API request: it rejects early and counts, and never vouches for anyone.
 * In order: path, method, preflight, the token's signature, quota, media type, length, a missing or
 * bad credential. The endpoint checks again.
 *
 * @param waitUntil Keeps the counting alive after the answer.
 */
export async function gate(
  request: Request,
  deps: () => GateDeps,
  waitUntil: WaitUntil,
): Promise<GateOutcome> {
  const { pathname } = new URL(request.url)
  const requestId = crypto.randomUUID()
  const startedAt = Date.now()
  const trace = traceOf(request.headers)
  const decisions: Decision[] = []
  const caller: Caller = {}
  const routed = routeOf(request.method, pathname)
  let settled: GateDeps | undefined
  let trips: Trips | undefined
  let refused: Failure | undefined = 'refused' in routed ? routed.refused : undefined
  try {
    settled = deps()
    trips = new Trips(settled.now, undefined, trace)
    if ('row' in routed) {
      const inspection = { request, deps: settled, trips, decisions, caller, waitUntil }
      refused = await inspect(routed, inspection)
    }
  } catch (error) {
    refused ??= failureOf(error)
  }

  if (refused === undefined && 'row' in routed && trips !== undefined) {
    const headers = new Headers({ 'X-Request-Id': requestId })
    setQuotaHeaders(headers, decisions)
    const [limit] = decisions.map(limitUsed)
    return { pass: { handover: { requestId, spent: trips, startedAt, limit }, response: headers } }
  }

  const response =
    refused === undefined
      ? json(204, undefined)
      : problem(refused.code, { instance: pathname, requestId }, refused)
  const { headers } = response
  headers.set('X-Request-Id', requestId)
  headers.set('Server-Timing', serverTiming(trips))
  setQuotaHeaders(headers, decisions)
  setCorsHeaders(headers, request, settled?.settings.corsOrigins ?? [])
  if ('allow' in routed) {
    headers.set('Allow', routed.allow)
    if (request.method === 'OPTIONS') setPreflightHeaders(headers, routed.allow)
  }
  const answered = {
    operation: 'row' in routed ? operationName(routed.row, routed.match) : undefined,
    status: response.status,
    spent: trips,
    milliseconds: Date.now() - startedAt,
  }
  const limits = decisions.map(limitUsed)
  logRequest({ ...answered, requestId, caller, failure: refused, limits, trace })
  settled?.metrics.count({ ...answered, denied: denying(decisions) }, waitUntil)
  return { response }
}

/** An operation; or a refusal; or, with `allow` alone, a preflight. */
type Routed =
  | { row: Operation; match: Match }
  | { refused: Failure }
  | { allow: string; refused?: Failure }

/**
 * Judges path and method alone; the start server asks this too, for what never reaches the gate.
 */
export function routeOf(method: string, pathname: string): Routed {
  const match = findRoute(pathname)
  if (match === 'malformed') {
    const detail = 'The path has a percent sign that begins no encoded UTF-8 character.'
    return { refused: fail('invalid-request', 'malformed path', { detail }) }
  }
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
  waitUntil: WaitUntil
}

/** Judges a request to an operation; undefined lets it pass. */
async function inspect(
  { row, match }: { row: Operation; match: Match },
  { request, deps, trips, decisions, caller, waitUntil }: Inspection,
): Promise<Failure | undefined> {
  const { headers } = request
  // Not counted: an operator looks when an attack has used up what its address shares.
  if (holdsToken(row, headers, deps.settings)) return undefined
  const presented = presentedCredential(headers, deps.cookies)
  let authentication = await authenticate(presented, deps, deps.now())
  if (authentication.status === 'two') return TWO_CREDENTIALS
  Object.assign(caller, callerOf(authentication))
  const limit =
    authentication.status === 'key'
      ? await limitOfKey(authentication.key, headers, deps, trips)
      : undefined
  if (authentication.status === 'key' && limit === undefined) authentication = UNKNOWN_KEY

  const access = accessOf(row, match)
  const listed = row.quota === 'none' ? undefined : deps.blockList.refresh(trips, waitUntil)
  if (row.quota === 'gate') {
    const decision = await countRequest(authentication, {
      access,
      headers,
      deps,
      trips,
      waitUntil,
      limit,
    })
    decisions.push(decision)
    if (!decision.allowed) return quotaExceeded(decisions)
  }
  await listed
  if (row.quota !== 'none' && isBlocked(authentication, headers, deps)) return BLOCKED
  if (!takesMediaType(row, headers)) return fail('unsupported-media-type', 'not JSON')
  if (declaresTooLarge(headers)) return fail('payload-too-large', 'Content-Length')
  const { status } = authentication
  if (status === 'valid' || status === 'renewable' || status === 'key') return undefined
  return access === 'public' ? undefined : refusal(authentication)
}

/** The same for an address, an account and an API key: it does not tell which. */
const BLOCKED = fail('blocked', 'kept out by an admin')

function isBlocked(
  authentication: Authentication,
  headers: Headers,
  { blockList, keyLimits, settings }: GateDeps,
): boolean {
  const { user, key } = callerOf(authentication)
  const owner = authentication.status === 'key' ? keyLimits.ownerOf(authentication.key) : undefined
  return blockList.keepsOut({
    address: () => clientAddress(headers, settings.trustedProxy),
    user: user ?? owner,
    key,
  })
}

/**
 * The quota of an API key. Keys that are not known are looked up, as long as their address is not
 * denied: made-up ones that pass the checksum would cost a round trip each.
 */
async function limitOfKey(
  key: PresentedKey,
  headers: Headers,
  { keyLimits, hotLimiter, settings }: GateDeps,
  trips: Trips,
): Promise<number | undefined> {
  if (!keyLimits.isKnown(key)) {
    const partition = addressPartition(clientAddress(headers, settings.trustedProxy))
    if (hotLimiter.isUsedUp('anonymous', partition)) return undefined
  }
  return keyLimits.limitOf(key, trips)
}

interface Counting {
  access: Access
  headers: Headers
  deps: GateDeps
  trips: Trips
  waitUntil: WaitUntil
  /** An API key's own. */
  limit: number | undefined
}

/** A verified token counts as its subject, an API key as itself; everything else as the address it comes from. */
async function countRequest(
  authentication: Authentication,
  { access, headers, deps, trips, waitUntil, limit }: Counting,
): Promise<Decision> {
  if (authentication.status === 'key') {
    const partition = { key: authentication.key.id }
    return deps.hotLimiter.count('key', partition, trips, waitUntil, { wait: true, limit })
  }
  if (authentication.status === 'valid' || authentication.status === 'renewable') {
    const partition = { key: authentication.claims.sub }
    return deps.hotLimiter.count('user', partition, trips, waitUntil, { wait: true })
  }
  const partition = addressPartition(clientAddress(headers, deps.settings.trustedProxy))
  // A bad token is not worth waiting for where it is refused: it is counted in the background.
  const wait = authentication.status === 'none' || access === 'public'
  return deps.hotLimiter.count('anonymous', partition, trips, waitUntil, { wait })
}

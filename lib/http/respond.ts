import type { Operation } from '../contract/operations.ts'
import { type Failure, fail, type Success } from '../contract/problems.ts'
import type { BaseDeps } from '../deps/base.ts'
import { namesStrongly, namesWeakly } from '../entity-tags.ts'
import { sha256 } from '../hash.ts'
import { setQuotaHeaders } from '../rate-limit/headers.ts'
import type { Decision, QuotaState, WaitUntil } from '../rate-limit/types.ts'
import type { Settings } from '../settings/types.ts'
import type { Spent, Trips } from '../store/client/trips.ts'
import type { Trace } from '../trace.ts'
import { setCorsHeaders } from './cors.ts'
import type { Caller } from './credentials/present.ts'
import { serverTiming } from './handover.ts'
import { json, jsonText } from './problem.ts'
import { denying, limitUsed, logRequest } from './request-log.ts'
import { setTransportSecurity } from './transport-security.ts'

/** What is known of a request when it is answered. */
export interface Answered {
  /** Of the page that asks, as the browser says. */
  origin: string | null
  /** Undefined while the environment has faults. */
  settings: Pick<Settings, 'origin' | 'corsOrigins'> | undefined
  /** Undefined where the gate has set it: Next would append this one to it. */
  requestId: string | undefined
  spent?: Spent | undefined
  quotas?: readonly QuotaState[]
  /** Anybody may read it, so that pages of any site may embed it. */
  isPublic?: boolean
}

/**
 * Sets the headers that every answer of the API has, whoever gives it: the gate, an endpoint, or the
 * start server.
 *
 * @see [Fetch §3.7](https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header)
 */
export function setAnswerHeaders(
  headers: Headers,
  { origin, settings, requestId, spent, quotas = [], isPublic = false }: Answered,
): void {
  if (requestId !== undefined) headers.set('X-Request-Id', requestId)
  headers.set('Server-Timing', serverTiming(spent))
  headers.set('Cross-Origin-Resource-Policy', isPublic ? 'cross-origin' : 'same-origin')
  setTransportSecurity(headers, settings?.origin)
  setQuotaHeaders(headers, quotas)
  setCorsHeaders(headers, origin, settings?.corsOrigins ?? [])
}

/** What gate and endpoint know of a request when they answer it. */
interface Answer {
  request: Request
  /** Undefined while the environment has faults. */
  deps: Pick<BaseDeps, 'settings' | 'metrics' | 'usage'> | undefined
  requestId: string
  /** Whether the gate has set the id of the request on this answer already. */
  isNamed: boolean
  /** When the request came, in epoch milliseconds. */
  startedAt: number
  /** See {@link operationName}; undefined where no operation was found. */
  operation: string | undefined
  caller: Caller
  failure: Failure | undefined
  spent: Trips | undefined
  decisions: readonly Decision[]
  /** Quotas that the gate has counted, and that let the request pass; what was decided of them later holds. */
  passed?: readonly QuotaState[] | undefined
  /** The account that the quotas counted the request for, if its usage is to be counted here. */
  counted: string | undefined
  isPublic: boolean
  trace: Trace | undefined
  later: WaitUntil
}

/** The end of every answer that gate or endpoint give: its headers, its line in the log, its counts. */
export function finish(response: Response, answer: Answer): Response {
  const { request, deps, requestId, operation, caller, failure, spent, decisions, trace } = answer
  const counted = new Map(
    [...(answer.passed ?? []), ...decisions].map((each) => [each.policy, each]),
  )
  const quotas = [...counted.values()]
  setAnswerHeaders(response.headers, {
    origin: request.headers.get('origin'),
    settings: deps?.settings,
    requestId: answer.isNamed ? undefined : requestId,
    spent,
    quotas,
    isPublic: answer.isPublic,
  })
  const milliseconds = Date.now() - answer.startedAt
  const answered = { operation, status: response.status, spent, milliseconds }
  // Where an API key is not proven, as at what is open to everybody, the gate knows whose it is.
  const user = caller.user ?? answer.counted
  const named = user === undefined ? caller : { ...caller, user }
  const limits = quotas.map(limitUsed)
  logRequest({ ...answered, requestId, caller: named, failure, limits, trace })
  if (answer.counted !== undefined && operation !== undefined) {
    const { status } = response
    const used = { subject: answer.counted, key: caller.key, operation, status }
    deps?.usage.count(used, answer.later)
  }
  deps?.metrics.count({ ...answered, denied: denying(decisions) }, answer.later)
  return response
}

/**
 * Writes the answer of a use case that went well. For a read it also judges `If-None-Match` and `If-Match`,
 * because the entity tag is known here: 304 if the client has this version, a failure if it wants another.
 *
 * @param asked The request's header fields.
 * @see [RFC 9110 §13.2.2](https://www.rfc-editor.org/rfc/rfc9110.html#section-13.2.2)
 */
export async function success(
  row: Operation,
  { value, status = row.status, headers = {} }: Success<unknown>,
  asked: Headers,
): Promise<Response | Failure<'precondition-failed'>> {
  const { mediaType } = row
  const written = mediaType === undefined ? JSON.stringify(value) : String(value)
  const body = value === undefined ? undefined : written
  // Of a list the tag is of the answer itself: it says whether anything on the page has changed.
  const tag =
    row.action === 'list' && body !== undefined ? `"${await sha256(body)}"` : headers['ETag']
  const judged = row.method === 'GET' && tag !== undefined
  const ifMatch = judged ? asked.get('if-match') : null
  if (ifMatch !== null && !namesStrongly(ifMatch, tag)) {
    return fail('precondition-failed', 'If-Match')
  }
  const ifNoneMatch = judged ? asked.get('if-none-match') : null
  const isKnown = ifNoneMatch !== null && namesWeakly(ifNoneMatch, tag)

  const response = isKnown ? json(304, undefined) : jsonText(status, body, mediaType)
  for (const [name, text] of Object.entries(headers)) response.headers.set(name, text)
  if (tag !== undefined) response.headers.set('ETag', tag)
  // Shared caches may keep only answers to requests without a credential.
  if (hasCredential(asked)) response.headers.set('Cache-Control', 'no-store')
  if (row.cacheSeconds !== undefined) {
    response.headers.set('Cache-Control', `public, max-age=${row.cacheSeconds}`)
  }
  return response
}

function hasCredential(headers: Headers): boolean {
  return ['authorization', 'x-api-key', 'cookie'].some((name) => headers.has(name))
}

import {
  PROBLEMS,
  type ProblemCode,
  type ProblemDocument,
  type ProblemExtras,
} from '../contract/problems.ts'
import { currentPlatform } from '../platform.ts'

/** Headers of every JSON answer: nothing may be sniffed, framed, scripted or kept. */
const SAFE_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
} as const

/** Seconds to wait when the failure does not say: an outage is asked again soon. */
const DEFAULT_RETRY_AFTER = 2

/** Builds a JSON answer; a body of `undefined` is no body. */
export function json(status: number, body: unknown, contentType?: string): Response {
  return jsonText(status, body === undefined ? undefined : JSON.stringify(body), contentType)
}

/** The same, of a text that is JSON already. */
export function jsonText(
  status: number,
  text: string | undefined,
  contentType = 'application/json',
): Response {
  const headers =
    text === undefined ? SAFE_HEADERS : { ...SAFE_HEADERS, 'Content-Type': contentType }
  return currentPlatform().respond(text ?? null, status, headers)
}

/** Sends the client elsewhere, to ask there the same (RFC 9110 §15.4.9). */
export function redirect(location: string): Response {
  const response = json(308, undefined)
  response.headers.set('Location', location)
  return response
}

/**
 * Builds an answer that is a problem document.
 *
 * @param code A row of the catalogue.
 * @param where The request's path and id; the query is left out, it may hold what the client hides.
 *
 * @see [RFC 9457 §3](https://www.rfc-editor.org/rfc/rfc9457.html#section-3)
 */
export function problem(
  code: ProblemCode,
  where: { instance: string; requestId: string },
  extras: ProblemExtras = {},
): Response {
  const row: { status: number; challenge?: string } = PROBLEMS[code]
  const { headers = {} } = extras
  const document = problemDocument(code, where, extras)
  const response = json(row.status, document, 'application/problem+json')
  if (row.challenge !== undefined) response.headers.set('WWW-Authenticate', row.challenge)
  // A failure that knows more says so in a challenge of its own.
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  if (row.status === 503 || row.status === 429) {
    response.headers.set('Retry-After', String(extras.retryAfterSeconds ?? DEFAULT_RETRY_AFTER))
  }
  return response
}

/** The document of a problem; see {@link problem}. */
export function problemDocument(
  code: ProblemCode,
  { instance, requestId }: { instance: string; requestId: string },
  { detail, errors }: ProblemExtras = {},
): ProblemDocument {
  const { title, status } = PROBLEMS[code]
  return {
    type: `/problems/${code}`,
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    instance: instance.slice(0, 1_024),
    requestId,
    ...(errors === undefined ? {} : { errors }),
  }
}

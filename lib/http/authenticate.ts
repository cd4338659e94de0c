import type { AccessClaims, AccessTokens } from '../auth/tokens.ts'
import { type Failure, fail } from '../errors.ts'

/** What a request presents: nothing, one credential, or two that contradict. */
export type Presented =
  | { kind: 'none' }
  | { kind: 'two' }
  | { kind: 'bearer'; token: string }
  | { kind: 'api-key' }

/** The outcome of checking what was presented; no I/O, so liveness is not known yet. */
export type Authentication =
  | { status: 'none' }
  | { status: 'two' }
  | { status: 'valid'; claims: AccessClaims }
  | { status: 'invalid'; reason: string }

/**
 * Finds the credential: `Authorization: Bearer` or `X-API-Key`, never the query. Another scheme is
 * no credential of ours.
 *
 * @see [RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750.html#section-2.1)
 */
export function presentedCredential(headers: Headers): Presented {
  const authorization = headers.get('authorization')
  const bearer = authorization === null ? null : /^bearer(?: +|$)(.*)$/i.exec(authorization)
  const apiKey = headers.get('x-api-key')
  if (bearer !== null && apiKey !== null) return { kind: 'two' }
  if (apiKey !== null) return { kind: 'api-key' }
  return bearer === null ? { kind: 'none' } : { kind: 'bearer', token: bearer[1] ?? '' }
}

/** Checks the presented credential's signature and claims. */
export async function authenticate(
  headers: Headers,
  accessTokens: AccessTokens,
  nowMs: number,
): Promise<Authentication> {
  const presented = presentedCredential(headers)
  switch (presented.kind) {
    case 'none':
    case 'two':
      return { status: presented.kind }
    case 'api-key':
      return { status: 'invalid', reason: 'unknown API key' }
    case 'bearer': {
      const token = await accessTokens.verify(presented.token, nowMs)
      return token.ok
        ? { status: 'valid', claims: token.value }
        : { status: 'invalid', reason: token.reason }
    }
  }
}

export const TWO_CREDENTIALS = fail('invalid-request', 'two credentials', {
  detail: 'The request carries two credentials: send one.',
})

/** The answer to a missing or a bad credential where one is needed (RFC 6750 §3.1). */
export function refusal(
  authentication: Exclude<Authentication, { status: 'valid' | 'two' }>,
): Failure<'authentication-required' | 'invalid-token'> {
  return authentication.status === 'none'
    ? fail('authentication-required', 'no credential')
    : fail('invalid-token', authentication.reason)
}

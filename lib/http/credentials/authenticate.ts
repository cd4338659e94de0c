import { type KeyEnvironment, type PresentedKey, readApiKey } from '../../auth/api-keys/api-key.ts'
import {
  type AccessClaims,
  type AccessTokens,
  CLOCK_TOLERANCE_SECONDS,
  type RefreshClaims,
  type RefreshTokens,
} from '../../auth/tokens/tokens.ts'
import type { Operation } from '../../contract/operations.ts'
import { type Failure, fail } from '../../contract/problems.ts'
import { sameText } from '../../same-text.ts'
import type { Settings } from '../../settings/settings.ts'
import type { Cookies } from './cookies.ts'

/** What a request presents: nothing, one credential, or two that contradict. */
export type Presented =
  | { kind: 'none' }
  | { kind: 'two' }
  | { kind: 'bearer'; access: string }
  | { kind: 'cookies'; access?: string | undefined; refresh?: string | undefined }
  | { kind: 'api-key'; key: string }

/** The outcome of checking what was presented; no I/O, so liveness is not known yet. */
export type Authentication =
  | { status: 'none' }
  | { status: 'two' }
  | { status: 'valid'; claims: AccessClaims; by: 'bearer' | 'cookies' }
  /** The access cookie is over and the refresh cookie is signed: the endpoint can renew both. */
  | { status: 'renewable'; claims: RefreshClaims; by: 'cookies' }
  /** Well-formed; whether there is such a key is the store's to say. */
  | { status: 'key'; key: PresentedKey }
  | { status: 'invalid'; reason: string }

/** What checks credentials. */
export interface Verifiers {
  accessTokens: AccessTokens
  refreshTokens: RefreshTokens
  cookies: Cookies
  keyEnvironment: KeyEnvironment
}

/**
 * Finds the credential: `Authorization: Bearer`, `X-API-Key` or the cookies, never the query.
 * Another scheme, and the cookies of others, are no credential of ours.
 *
 * @see [RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750.html#section-2.1)
 */
export function presentedCredential(headers: Headers, cookies: Cookies): Presented {
  const authorization = headers.get('authorization')
  const bearer = authorization === null ? null : /^bearer(?: +|$)(.*)$/i.exec(authorization)
  const pair = cookies.read(headers)
  const found: Presented[] = []
  if (bearer !== null) found.push({ kind: 'bearer', access: bearer[1] ?? '' })
  const key = headers.get('x-api-key')
  if (key !== null) found.push({ kind: 'api-key', key })
  if (pair !== undefined) found.push({ kind: 'cookies', ...pair })
  const [credential = { kind: 'none' }, another] = found
  return another === undefined ? credential : { kind: 'two' }
}

/** Checks the signature and the claims of what was presented. */
export async function authenticate(
  presented: Presented,
  { accessTokens, refreshTokens, keyEnvironment }: Verifiers,
  nowMs: number,
): Promise<Authentication> {
  switch (presented.kind) {
    case 'none':
    case 'two':
      return { status: presented.kind }
    case 'api-key': {
      const key = await readApiKey(keyEnvironment, presented.key)
      return key === undefined ? UNKNOWN_KEY : { status: 'key', key }
    }
    case 'bearer':
    case 'cookies': {
      const { kind: by, access } = presented
      const token = access === undefined ? undefined : await accessTokens.verify(access, nowMs)
      if (token?.ok === true) return { status: 'valid', claims: token.value, by }
      const refresh = by === 'cookies' ? presented.refresh : undefined
      const renewal = refresh === undefined ? undefined : await refreshTokens.verify(refresh)
      if (renewal?.ok !== true) {
        return { status: 'invalid', reason: token?.reason ?? renewal?.reason ?? 'no token' }
      }
      // Its end is the store's to judge; one long past counts as nobody's, not as its user's quota.
      const over = renewal.value.exp <= nowMs / 1_000 - CLOCK_TOLERANCE_SECONDS
      return over
        ? { status: 'invalid', reason: 'refresh token expired' }
        : { status: 'renewable', claims: renewal.value, by: 'cookies' }
    }
  }
}

/** Who a request says it is, for the log and the events: its signature holds, and it may be over. */
export interface Caller {
  session?: string
  user?: string
  /** An API key's id. */
  key?: string
}

/** Names the caller by what {@link authenticate} found. */
export function callerOf(authentication: Authentication): Caller {
  switch (authentication.status) {
    case 'valid':
    case 'renewable':
      return { session: authentication.claims.sid, user: authentication.claims.sub }
    case 'key':
      return { key: authentication.key.id }
    default:
      return {}
  }
}

/** Whether a request holds the setting that its operation is open to; no session is needed then. */
export function holdsToken(row: Operation, headers: Headers, settings: Settings): boolean {
  const token = row.token === undefined ? undefined : settings[row.token]
  const sent = /^bearer +(.+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  return token !== undefined && sent !== undefined && sameText(sent, token)
}

/** The same for a mistyped key and for one that was ended. */
export const UNKNOWN_KEY = { status: 'invalid', reason: 'unknown API key' } as const

/** For a token that is signed, of a session that was found ended. */
export const ENDED_SESSION = { status: 'invalid', reason: 'session ended' } as const

export const TWO_CREDENTIALS = fail('invalid-request', 'two credentials', {
  detail:
    'The request carries two credentials: send Authorization, X-API-Key or the cookies alone.',
})

/** The answer to a missing or a bad credential where one is needed (RFC 6750 §3.1). */
export function refusal(
  authentication: Extract<Authentication, { status: 'none' | 'invalid' }>,
): Failure<'authentication-required' | 'invalid-token'> {
  return authentication.status === 'none'
    ? fail('authentication-required', 'no credential')
    : fail('invalid-token', authentication.reason)
}

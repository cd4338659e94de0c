import type { Operation } from '../../contract/operations.ts'
import { type Failure, fail } from '../../contract/problems.ts'
import { sameText } from '../../same-text.ts'
import type { Settings } from '../../settings/types.ts'
import { apiKey } from './api-key.ts'
import { bearer } from './bearer.ts'
import { cookies } from './cookies.ts'
import type { Authentication, CredentialKind, Presented, Verifiers } from './credential.ts'

/** Every kind of credential. None is taken from the query. */
const KINDS: readonly CredentialKind[] = [bearer, apiKey, cookies]

const NONE: Presented = { tokens: {}, check: async () => ({ status: 'none' }) }
const TWO: Presented = { tokens: {}, check: async () => ({ status: 'two' }) }

/** Finds the credential of a request: none, one, or two that contradict. */
export function present(headers: Headers, verifiers: Verifiers): Presented {
  const found = KINDS.flatMap((kind) => kind(headers, verifiers) ?? [])
  const [credential = NONE, another] = found
  return another === undefined ? credential : TWO
}

/** Who a request says it is, for the log and the events: its signature holds, and it may be over. */
export interface Caller {
  session?: string
  user?: string
  /** An API key's id. */
  key?: string
}

/** Names the caller by what the check of the credential found. */
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

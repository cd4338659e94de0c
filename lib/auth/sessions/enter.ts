import type { SecurityEventType } from '../../store/event-types.ts'
import type { EventFields } from '../../store/events.ts'
import type { NewSession, Opened } from '../../store/sessions.ts'
import { revokeSession } from '../../store/sessions.ts'
import type { TokenResponse } from '../tokens/token-response.ts'
import type { AuthCall, AuthDeps } from '../types.ts'
import { grant } from './grant.ts'

/** Who comes in, by whichever proof. */
export interface Newcomer {
  /** The address. */
  userId: string
  /** Undefined before the first sign-in of an account that was typed by hand. */
  accountId: string | undefined
  /** Names the network, which is known from then on; undefined where no address is. */
  device: string | undefined
}

/** The session that is to be opened for somebody who has proven who they are, and what is recorded of it. */
export function newSession(
  { client, event }: Pick<AuthCall, 'client' | 'event'>,
  deps: AuthDeps,
  { userId, accountId, device }: Newcomer,
  [type, fields]: [type: SecurityEventType, fields?: EventFields] = ['signin.succeeded'],
): NewSession {
  const sessionId = deps.randomId()
  const freshId = deps.newAccountId()
  return {
    sessionId,
    userId,
    accountId,
    freshId,
    refreshTokenTtlMs: deps.lifetimes.refreshTokenTtl * 1_000,
    sessionTtlMs: deps.lifetimes.sessionTtl * 1_000,
    userAgent: client.userAgent,
    ip: client.address ?? '',
    cap: deps.sessionsPerUser,
    device,
    event: event(type, { ...fields, user: accountId ?? freshId, session: sessionId }),
  }
}

/** Hands out the tokens of a session that was opened, and ends the oldest beyond the cap. */
export async function enter(
  call: Pick<AuthCall, 'store' | 'identify'>,
  deps: AuthDeps,
  { userId, sessionId }: NewSession,
  { accountId, session, overCap }: Extract<Opened, { status: 'opened' }>,
): Promise<TokenResponse> {
  const principal = { accountId, userId, sessionId }
  call.identify(principal)
  await Promise.all(
    overCap.map((oldest) => revokeSession(call.store, { ...principal, sessionId: oldest })),
  )
  return grant(deps, 'Logged in', principal, session)
}

import type { SecurityEventType } from '../../store/event-types.ts'
import type { EventFields } from '../../store/events.ts'
import { type NewSession, type Opened, revokeSession } from '../../store/sessions.ts'
import type { TokenResponse } from '../tokens/token-response.ts'
import type { AuthCall, AuthDeps } from '../types.ts'
import { grant } from './grant.ts'

/** What opening a session needs, whichever way somebody signs in. */
export interface EnterDeps extends AuthDeps {
  /** Live sessions an account may have. */
  sessionsPerUser: number
}

/** The account that is entered. */
interface Entered {
  /** The address. */
  userId: string
  /** Undefined before the first sign-in of an account that was typed by hand. */
  accountId: string | undefined
  /** Names the network that the client came from; undefined when no address is known. */
  device: string | undefined
}

/**
 * Makes up a session that is to be opened.
 *
 * @param event What is recorded with it, under the account's id.
 */
export function newSession(
  call: Pick<AuthCall, 'client' | 'event'>,
  deps: EnterDeps,
  { userId, accountId, device }: Entered,
  event: [type: SecurityEventType, fields?: EventFields],
): NewSession {
  const sessionId = deps.randomId()
  const freshId = deps.newAccountId()
  const { client } = call
  const [type, fields] = event
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
    event: call.event(type, { ...fields, user: accountId ?? freshId, session: sessionId }),
  }
}

/** Hands out the tokens of a session that was opened, and ends the oldest sessions over the cap. */
export async function entered(
  call: Pick<AuthCall, 'identify' | 'store'>,
  deps: EnterDeps,
  { accountId, session, overCap }: Extract<Opened, { status: 'opened' }>,
  { userId, sessionId }: NewSession,
): Promise<TokenResponse> {
  const principal = { accountId, userId, sessionId }
  call.identify(principal)
  await Promise.all(
    overCap.map((oldest) => revokeSession(call.store, { ...principal, sessionId: oldest })),
  )
  return grant(deps, 'Logged in', principal, session)
}

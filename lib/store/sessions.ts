import { StoreUnavailable } from '../contract/problems.ts'
import { type Read, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import type { EventWords } from './events.ts'
import { keys } from './keys.ts'
import type { Holder, SessionState } from './rotation.ts'
import { END_SESSIONS, OPEN_SESSION, REVOKE_SESSION } from './scripts/sessions.ts'

export type Opened =
  | { status: 'opened'; accountId: string; session: SessionState; overCap: string[] }
  | { status: 'refused' }

export interface NewSession {
  sessionId: string
  /** The address. */
  userId: string
  /** The id that the account had when it was read; undefined for none. */
  accountId: string | undefined
  /** The id that it gets when it has none. */
  freshId: string
  /** The hash that the password was compared against. */
  comparedHash: string
  refreshTokenTtlMs: number
  sessionTtlMs: number
  userAgent: string
  ip: string
  /** Live sessions an account may have; the oldest go. */
  cap: number
  /** Marks where the account signed in; undefined when no address is known. */
  device: string | undefined
  /** Recorded in the same step. */
  event: EventWords
}

/** How long a network is known from which an account signed in: 90 days. */
export const DEVICE_TTL_MS = 7_776_000_000

/** Whether an account has signed in from a network, within the last 90 days. */
export function deviceRead(userId: string, device: string): Read<boolean> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.zscore(keys.devicesOf(userId), device),
    parse: (reply) => {
      if (reply.error !== undefined) throw new StoreUnavailable('device: unexpected reply')
      return text(reply.result) !== undefined
    },
  }
}

/** Opens a session at the primary. See {@link OPEN_SESSION}. */
export async function openSession(store: Store, session: NewSession): Promise<Opened> {
  const { sessionId, userId, accountId = '', freshId, event } = session
  const opened = await store.write(
    OPEN_SESSION,
    {
      sessionKey: keys.session(sessionId),
      sessionsKey: keys.sessionsOf(userId),
      userKey: keys.user(userId),
      devicesKey: keys.devicesOf(userId),
      knownKey: keys.accountId(accountId),
      freshKey: keys.accountId(freshId),
      accountsKey: keys.accounts,
      adminsKey: keys.admins,
      ...event.keys,
    },
    {
      sessionId,
      address: userId,
      comparedHash: session.comparedHash,
      known: accountId,
      fresh: freshId,
      idleTtl: session.refreshTokenTtlMs,
      absoluteTtl: session.sessionTtlMs,
      userAgent: session.userAgent,
      ip: session.ip,
      cap: session.cap,
      device: session.device ?? '',
      deviceTtl: DEVICE_TTL_MS,
      ...event.args,
    },
  )
  if (opened.status === 'refused') return opened
  const { status, accountId: id, overCap, now, ...rest } = opened
  return { status, accountId: id, overCap, session: { seq: 1, at: now, now, ...rest } }
}

/** Ends a session at the primary. @returns Whether there was a live one of this user's. */
export async function revokeSession(store: Store, session: Holder): Promise<boolean> {
  const { sessionId, accountId, userId } = session
  const { status } = await store.write(
    REVOKE_SESSION,
    { sessionKey: keys.session(sessionId), sessionsKey: keys.sessionsOf(userId) },
    { sessionId, accountId, address: userId },
  )
  return status === 'ended'
}

/** Ends all sessions of an account. See {@link END_SESSIONS}. @returns Their ids. */
export async function revokeSessions(store: Store, userId: string): Promise<string[]> {
  const touched = { userKey: keys.user(userId), sessionsKey: keys.sessionsOf(userId) }
  return (await store.write(END_SESSIONS, touched, {})).sessionIds
}

import { StoreUnavailable } from '../contract/problems.ts'
import { type Read, type Shaped, text } from './client/reply.ts'
import type { ScriptArgs, ScriptKeys } from './client/script.ts'
import type { Store } from './client/store.ts'
import type { EventWords } from './events.ts'
import { keys } from './keys.ts'
import type { Holder, SessionState } from './rotation.ts'
import {
  END_SESSIONS,
  type OPEN_ARGS,
  type OPEN_KEYS,
  OPEN_SESSION,
  type OPENED,
  REVOKE_SESSION,
} from './scripts/sessions.ts'

export type Opened =
  | { status: 'opened'; accountId: string; session: SessionState; overCap: string[] }
  | { status: 'refused' }

/** A session that is to be opened, whichever way somebody signs in. */
export interface NewSession {
  sessionId: string
  /** The address. */
  userId: string
  /** The id that the account had when it was read; undefined for none. */
  accountId: string | undefined
  /** The id that it gets when it has none. */
  freshId: string
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

/** Keys and arguments of a script that opens a session. */
export interface OpeningWords {
  keys: ScriptKeys<(typeof OPEN_KEYS)[number]> & EventWords['keys']
  args: ScriptArgs<(typeof OPEN_ARGS)[number]> & EventWords['args']
}

/** Writes a session that is to be opened as keys and arguments. */
export function openingWords(session: NewSession): OpeningWords {
  const { sessionId, userId, accountId = '', freshId, event } = session
  return {
    keys: {
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
    args: {
      sessionId,
      address: userId,
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
  }
}

/** What a script tells of a session that it has opened. */
export type OpenedWords = Shaped<typeof OPENED>

/** The state of a session that was opened a moment ago. */
export function openedSession({ now, idle, level }: OpenedWords): SessionState {
  return { seq: 1, at: now, now, idle, level }
}

/**
 * Opens a session at the primary. See {@link OPEN_SESSION}.
 *
 * @param comparedHash The hash that the password was compared against.
 */
export async function openSession(
  store: Store,
  { comparedHash, ...session }: NewSession & { comparedHash: string },
): Promise<Opened> {
  const { keys, args } = openingWords(session)
  const opened = await store.write(OPEN_SESSION, keys, { comparedHash, ...args })
  if (opened.status === 'refused') return opened
  const { status, accountId, overCap } = opened
  return { status, accountId, overCap, session: openedSession(opened) }
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

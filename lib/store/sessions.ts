import { StoreUnavailable } from '../contract/problems.ts'
import { integer, type Read, replyList, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import type { EventWords } from './events.ts'
import { keys } from './keys.ts'
import type { Holder, SessionState } from './rotation.ts'
import { level } from './rules.ts'
import { END_SESSIONS, LIST_SESSIONS, OPEN_SESSION, REVOKE_SESSION } from './scripts/sessions.ts'

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
  const { sessionId, userId, accountId = '', freshId } = session
  const reply = await store.write(
    OPEN_SESSION,
    [
      keys.session(sessionId),
      keys.sessionsOf(userId),
      keys.user(userId),
      keys.devicesOf(userId),
      keys.accountId(accountId),
      keys.accountId(freshId),
      keys.accounts,
      keys.admins,
      ...session.event.keys,
    ],
    [
      sessionId,
      userId,
      session.comparedHash,
      accountId,
      freshId,
      session.refreshTokenTtlMs,
      session.sessionTtlMs,
      session.userAgent,
      session.ip,
      session.cap,
      session.device ?? '',
      DEVICE_TTL_MS,
      ...session.event.args,
    ],
  )
  if (reply[0] === 'refused') return { status: 'refused' }
  if (reply[0] !== 'opened') throw new StoreUnavailable('open session: unexpected reply')
  const now = integer(reply[1])
  return {
    status: 'opened',
    accountId: text(reply[4]) ?? '',
    session: { seq: 1, at: now, idle: integer(reply[2]), now, level: level(reply[3]) },
    overCap: Array.isArray(reply[5]) ? reply[5].map(String) : [],
  }
}

/** Ends a session at the primary. @returns Whether there was a live one of this user's. */
export async function revokeSession(store: Store, session: Holder): Promise<boolean> {
  const { sessionId, accountId, userId } = session
  const reply = await store.write(
    REVOKE_SESSION,
    [keys.session(sessionId), keys.sessionsOf(userId)],
    [sessionId, accountId, userId],
  )
  if (reply[0] !== 'ended' && reply[0] !== 'unknown') {
    throw new StoreUnavailable('revoke session: unexpected reply')
  }
  return reply[0] === 'ended'
}

/** Ends all sessions of an account. See {@link END_SESSIONS}. @returns Their ids. */
export async function endSessions(store: Store, userId: string): Promise<string[]> {
  const [status, ids] = await store.write(
    END_SESSIONS,
    [keys.user(userId), keys.sessionsOf(userId), keys.session('')],
    ['', ''],
  )
  if (status !== 'done') throw new StoreUnavailable('end sessions: unexpected reply')
  return Array.isArray(ids) ? ids.map(String) : []
}

/** A live session as its owner sees it; times in epoch milliseconds. */
export interface ListedSession {
  sessionId: string
  createdAt: number
  rotatedAt: number
  userAgent: string
  ip: string
}

/** Reads all live sessions of an account in one read-only command. */
export function sessionsRead(userId: string): Read<ListedSession[]> {
  return {
    database: 'auth',
    queue: (pipeline) =>
      pipeline.evalRo(
        LIST_SESSIONS,
        [keys.sessionsOf(userId), keys.user(userId)],
        [keys.session('')],
      ),
    parse: (reply) =>
      replyList(reply).map((row) => {
        if (!Array.isArray(row)) throw new StoreUnavailable('sessions: unexpected reply')
        const [sessionId, createdAt, rotatedAt, userAgent, ip] = row.map(text)
        return {
          sessionId: sessionId ?? '',
          createdAt: integer(createdAt),
          rotatedAt: integer(rotatedAt),
          userAgent: userAgent ?? '',
          ip: ip ?? '',
        }
      }),
  }
}

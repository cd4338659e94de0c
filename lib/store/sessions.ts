import { StoreUnavailable } from '../errors.ts'
import { keys } from './keys.ts'
import { type Read, replyList, text } from './reply.ts'
import {
  END_SESSIONS,
  LIST_SESSIONS,
  LIVENESS_AT_PRIMARY,
  OPEN_SESSION,
  REVOKE_SESSION,
  ROTATE_SESSION,
} from './scripts.ts'
import type { Store } from './store.ts'
import { mayEnter } from './users.ts'

/** A session as a token needs it; times in epoch milliseconds of the store's clock. */
export interface SessionState {
  seq: number
  at: number
  idle: number
  now: number
  level: number
}

export type Opened =
  | { status: 'opened'; session: SessionState; overCap: string[] }
  | { status: 'refused' }

export type Rotation =
  | { status: 'rotated' | 'repeated'; session: SessionState }
  | { status: 'unknown' | 'revoked' | 'expired' | 'refused' | 'reused' }

export interface NewSession {
  sessionId: string
  userId: string
  /** The hash that the password was compared against. */
  comparedHash: string
  refreshTokenTtlMs: number
  sessionTtlMs: number
  userAgent: string
  ip: string
  /** Live sessions an account may have; the oldest go. */
  cap: number
}

/** Opens a session at the primary. See {@link OPEN_SESSION}. */
export async function openSession(store: Store, session: NewSession): Promise<Opened> {
  const { sessionId, userId } = session
  const reply = await store.write(
    OPEN_SESSION,
    [keys.session(sessionId), keys.sessionsOf(userId), keys.user(userId)],
    [
      sessionId,
      userId,
      session.comparedHash,
      session.refreshTokenTtlMs,
      session.sessionTtlMs,
      session.userAgent,
      session.ip,
      session.cap,
    ],
  )
  if (reply[0] === 'refused') return { status: 'refused' }
  if (reply[0] !== 'opened') throw new StoreUnavailable('open session: unexpected reply')
  const now = integer(reply[1])
  return {
    status: 'opened',
    session: { seq: 1, at: now, idle: integer(reply[2]), now, level: level(reply[4]) },
    overCap: Array.isArray(reply[5]) ? reply[5].map(String) : [],
  }
}

/** Rotates a session's refresh token at the primary. See {@link ROTATE_SESSION}. */
export async function rotateSession(
  store: Store,
  presented: { sessionId: string; userId: string; seq: number; expiresAt: number },
  lifetimes: { refreshTokenTtlMs: number; graceMs: number },
): Promise<Rotation> {
  const { sessionId, userId, seq, expiresAt } = presented
  const reply = await store.write(
    ROTATE_SESSION,
    [keys.session(sessionId), keys.sessionsOf(userId), keys.user(userId)],
    [sessionId, userId, seq, lifetimes.refreshTokenTtlMs, lifetimes.graceMs, expiresAt],
  )
  const status = reply[0]
  switch (status) {
    case 'rotated':
    case 'repeated':
      return {
        status,
        session: {
          seq: integer(reply[1]),
          at: integer(reply[2]),
          idle: integer(reply[3]),
          now: integer(reply[4]),
          level: level(reply[5]),
        },
      }
    case 'unknown':
    case 'revoked':
    case 'expired':
    case 'refused':
    case 'reused':
      return { status }
    default:
      throw new StoreUnavailable('rotate session: unexpected reply')
  }
}

/** Ends a session at the primary. @returns Whether there was a live one of this user's. */
export async function revokeSession(
  store: Store,
  session: { sessionId: string; userId: string },
): Promise<boolean> {
  const { sessionId, userId } = session
  const reply = await store.write(
    REVOKE_SESSION,
    [keys.session(sessionId), keys.sessionsOf(userId)],
    [sessionId, userId],
  )
  if (reply[0] !== 'ended' && reply[0] !== 'unknown') {
    throw new StoreUnavailable('revoke session: unexpected reply')
  }
  return reply[0] === 'ended'
}

/** Ends all sessions of an account, or all but one. See {@link END_SESSIONS}. */
export async function endSessions(store: Store, userId: string, kept?: string): Promise<void> {
  const reply = await store.write(
    END_SESSIONS,
    [keys.user(userId), keys.sessionsOf(userId), keys.session(kept ?? '')],
    [userId, kept ?? ''],
  )
  if (reply[0] !== 'done') throw new StoreUnavailable('end sessions: unexpected reply')
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

/** What a request must know of its session and account, from the store and not from the token. */
export type Liveness =
  | { status: 'live'; level: number }
  | {
      status:
        | 'session-missing'
        | 'session-revoked'
        | 'session-superseded'
        | 'user-missing'
        | 'user-disabled'
    }

interface TokenSession {
  sessionId: string
  userId: string
}

/** The session's half of liveness: one command that rides along with a request's data. */
export function sessionRead(session: TokenSession): Read<unknown[]> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.hmget(keys.session(session.sessionId), 'st', 'uid', 'gen'),
    parse: replyList,
  }
}

/** The account's half of liveness: catches a deleted, disabled or demoted user. */
export function accountRead(session: TokenSession): Read<unknown[]> {
  return {
    database: 'auth',
    queue: (pipeline) =>
      pipeline.hmget(keys.user(session.userId), 'level', 'disabled', 'emailVerified', 'gen'),
    parse: replyList,
  }
}

/** Joins the two halves. Anything but a live session of an enabled account is not live. */
export function liveness(
  session: TokenSession,
  [state, userId, opened]: unknown[],
  [stored, disabled, emailVerified, generation]: unknown[],
): Liveness {
  if (text(state) === undefined) return { status: 'session-missing' }
  if (state !== 'live' || userId !== session.userId) return { status: 'session-revoked' }
  if (text(stored) === undefined) return { status: 'user-missing' }
  if ((text(opened) ?? '0') !== (text(generation) ?? '0')) return { status: 'session-superseded' }
  if (!mayEnter(disabled, emailVerified)) return { status: 'user-disabled' }
  return { status: 'live', level: level(stored) }
}

/** Asks the primary. See {@link LIVENESS_AT_PRIMARY}. */
export async function livenessAtPrimary(store: Store, session: TokenSession): Promise<Liveness> {
  const [state, account] = await store.write(
    LIVENESS_AT_PRIMARY,
    [keys.session(session.sessionId), keys.user(session.userId)],
    [],
  )
  if (!Array.isArray(state) || !Array.isArray(account)) {
    throw new StoreUnavailable('liveness: unexpected reply')
  }
  return liveness(session, state, account)
}

function integer(value: unknown): number {
  const number = Number(text(value))
  if (!Number.isSafeInteger(number)) throw new StoreUnavailable('reply: not an integer')
  return number
}

/** A level typed by hand that is no plain number counts as the lowest: deny by default. */
export function level(value: unknown): number {
  const typed = text(value) ?? ''
  return /^\d{1,3}$/.test(typed) ? Number(typed) : 0
}

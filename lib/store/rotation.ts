import { StoreUnavailable } from '../contract/problems.ts'
import { integer, type Read, replyList, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { level, mayEnter } from './rules.ts'
import { LIVENESS_AT_PRIMARY } from './scripts/liveness.ts'
import { ROTATE_SESSION } from './scripts/rotation.ts'

/** A session as a token needs it; times in epoch milliseconds of the store's clock. */
export interface SessionState {
  seq: number
  at: number
  idle: number
  now: number
  level: number
}

/** Whose session it is: `userId` is the address, which names the account's record. */
export interface Holder {
  sessionId: string
  accountId: string
  userId: string
}

export type Rotation =
  | { status: 'rotated' | 'repeated'; accountId: string; session: SessionState }
  | { status: 'unknown' | 'revoked' | 'expired' | 'refused' | 'reused' }

/** Rotates a session's refresh token at the primary. See {@link ROTATE_SESSION}. */
export async function rotateSession(
  store: Store,
  presented: Holder & { seq: number; expiresAt: number; freshId: string },
  lifetimes: { refreshTokenTtlMs: number; graceMs: number; clockToleranceMs: number },
): Promise<Rotation> {
  const { sessionId, accountId, userId, seq, expiresAt, freshId } = presented
  const { refreshTokenTtlMs, graceMs, clockToleranceMs } = lifetimes
  const reply = await store.write(
    ROTATE_SESSION,
    [keys.session(sessionId), keys.sessionsOf(userId), keys.user(userId), keys.accountId(freshId)],
    [
      sessionId,
      accountId,
      userId,
      seq,
      refreshTokenTtlMs,
      graceMs,
      expiresAt,
      clockToleranceMs,
      freshId,
    ],
  )
  const status = reply[0]
  switch (status) {
    case 'rotated':
    case 'repeated':
      return {
        status,
        accountId: text(reply[6]) ?? '',
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

/** The state of a session and its account, as the store has it; the token may be older. */
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

/** The session's half of liveness: one command that rides along with a request's data. */
export function sessionRead(session: Holder): Read<unknown[]> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.hmget(keys.session(session.sessionId), 'st', 'uid', 'gen'),
    parse: replyList,
  }
}

/** The account's half of liveness: catches a deleted, disabled or demoted user. */
export function accountRead(session: Holder): Read<unknown[]> {
  return {
    database: 'auth',
    queue: (pipeline) =>
      pipeline.hmget(keys.user(session.userId), 'level', 'disabled', 'emailVerified', 'gen', 'id'),
    parse: replyList,
  }
}

/** Joins the two halves. Anything but a live session of an enabled account is not live. */
export function liveness(
  session: Holder,
  [state, holder, opened]: unknown[],
  [stored, disabled, emailVerified, generation, id]: unknown[],
): Liveness {
  if (text(state) === undefined) return { status: 'session-missing' }
  if (state !== 'live') return { status: 'session-revoked' }
  if (holder !== session.accountId) {
    // From before accounts had ids: a replica may not know yet that a rotation gave it its own.
    return { status: holder === session.userId ? 'session-superseded' : 'session-revoked' }
  }
  // An account that was deleted and made again has another id.
  if (text(stored) === undefined || id !== session.accountId) return { status: 'user-missing' }
  if ((text(opened) ?? '0') !== (text(generation) ?? '0')) return { status: 'session-superseded' }
  if (!mayEnter(disabled, emailVerified)) return { status: 'user-disabled' }
  return { status: 'live', level: level(stored) }
}

/** Asks the primary. See {@link LIVENESS_AT_PRIMARY}. */
export async function livenessAtPrimary(store: Store, session: Holder): Promise<Liveness> {
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

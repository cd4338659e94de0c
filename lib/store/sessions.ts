import { StoreUnavailable } from '../contract/problems.ts'
import { type Read, text } from './client/reply.ts'
import type { ScriptArgs, ScriptKeys } from './client/script.ts'
import type { Store } from './client/store.ts'
import type { EventWords } from './events.ts'
import { keys } from './keys.ts'
import type { Holder, SessionState } from './liveness.ts'
import {
  END_SESSIONS,
  OPEN_SESSION,
  type OPENING_ARGS,
  type OPENING_KEYS,
  REVOKE_SESSION,
} from './scripts/sessions.ts'
import type { SpentCode } from './totp.ts'

export type Opened =
  | { status: 'opened'; accountId: string; session: SessionState; overCap: string[] }
  | { status: 'refused' }

/** A session that is opened, in whichever way. */
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

/** The keys of a script that opens a session. See {@link opening}. */
export function openingKeys({
  sessionId,
  userId,
  accountId = '',
  freshId,
  event,
}: NewSession): ScriptKeys<(typeof OPENING_KEYS)[number]> {
  return {
    sessionKey: keys.session(sessionId),
    sessionsKey: keys.sessionsOf(userId),
    userKey: keys.user(userId),
    devicesKey: keys.devicesOf(userId),
    knownKey: keys.accountId(accountId),
    freshKey: keys.accountId(freshId),
    accountsKey: keys.accounts,
    adminsKey: keys.admins,
    ...event.keys,
  }
}

/** Its arguments. */
export function openingArgs(session: NewSession): ScriptArgs<(typeof OPENING_ARGS)[number]> {
  return {
    sessionId: session.sessionId,
    address: session.userId,
    known: session.accountId ?? '',
    fresh: session.freshId,
    idleTtl: session.refreshTokenTtlMs,
    absoluteTtl: session.sessionTtlMs,
    userAgent: session.userAgent,
    ip: session.ip,
    cap: session.cap,
    device: session.device ?? '',
    deviceTtl: DEVICE_TTL_MS,
    ...session.event.args,
  }
}

/** What a script that has opened a session says of it. */
export function openedSession({
  accountId,
  overCap,
  now,
  idle,
  level,
  plan,
}: {
  accountId: string
  overCap: string[]
  now: number
  idle: number
  level: number
  plan: string
}): Extract<Opened, { status: 'opened' }> {
  return {
    status: 'opened',
    accountId,
    overCap,
    session: { seq: 1, at: now, now, idle, level, plan },
  }
}

/** Opens a session for a password at the primary. See {@link OPEN_SESSION}. */
export async function openSession(
  store: Store,
  session: NewSession,
  { comparedHash, code }: { comparedHash: string; code: SpentCode },
): Promise<Opened | { status: 'spent' }> {
  const { compared, step, recovery } = code
  const opened = await store.write(
    OPEN_SESSION,
    { ...openingKeys(session), totpKey: keys.totp(session.accountId ?? '') },
    { ...openingArgs(session), comparedHash, comparedTotp: compared, step, recovery },
  )
  return opened.status === 'opened' ? openedSession(opened) : opened
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

import { type AccessCode, fail, ok, type Result } from '../../contract/problems.ts'
import type { Read } from '../../store/client/reply.ts'
import { type ListedSession, sessionsRead } from '../../store/session-list.ts'
import { endSessions, revokeSession } from '../../store/sessions.ts'
import type { AuthCall, AuthDeps } from '../types.ts'

/** One of the caller's sessions; times are RFC 3339. */
export interface OwnSession {
  id: string
  createdAt: string
  /** The last rotation: a read writes nothing. */
  lastSeenAt: string
  userAgent: string
  ip: string
  /** Whether this request came with it. */
  current: boolean
}

interface SessionsCall extends AuthCall<undefined> {
  id: string | undefined
  read<value>(read: Read<value>): Promise<Result<value, AccessCode>>
}

/**
 * Lists the caller's live sessions, newest first, with device and address (OWASP ASVS v5.0.0-7.5.2).
 */
export async function listSessions(
  call: SessionsCall,
): Promise<Result<{ data: OwnSession[]; nextCursor: null }, AccessCode>> {
  const { principal } = call
  if (principal === undefined) return fail('invalid-token', 'no principal')
  const sessions = await call.read(sessionsRead(principal.userId))
  if (!sessions.ok) return sessions
  const newestFirst = sessions.value.sort((a, b) => b.createdAt - a.createdAt)
  return ok({ data: newestFirst.map((session) => own(session, principal)), nextCursor: null })
}

/** Ends one of the caller's sessions; another's answers `not-found`, as an absent one does. */
export async function endSession(
  call: SessionsCall,
  { deadSessions, lifetimes }: AuthDeps,
): Promise<Result<undefined, 'not-found' | AccessCode>> {
  const { principal, id = '' } = call
  if (principal === undefined) return fail('invalid-token', 'no principal')
  const ended = await revokeSession(call.store, { ...principal, sessionId: id })
  if (!ended) return fail('not-found', 'no such session of this user')
  deadSessions.end(id, lifetimes)
  call.report('session.ended', { user: principal.accountId, session: id })
  return ok(undefined)
}

/** Ends all of the caller's sessions, this one too. No refresh that races with it survives. */
export async function endAllSessions(
  call: SessionsCall,
  { deadSessions, lifetimes }: AuthDeps,
): Promise<Result<undefined, AccessCode>> {
  const { principal } = call
  if (principal === undefined) return fail('invalid-token', 'no principal')
  const ended = await endSessions(call.store, principal.userId)
  for (const id of ended) deadSessions.end(id, lifetimes)
  call.report('session.ended', { user: principal.accountId })
  if (call.presented.by === 'cookies') call.cookies.clear()
  return ok(undefined)
}

function own(session: ListedSession, principal: { sessionId: string }): OwnSession {
  return {
    id: session.sessionId,
    createdAt: new Date(session.createdAt).toISOString(),
    lastSeenAt: new Date(session.rotatedAt).toISOString(),
    userAgent: session.userAgent,
    ip: session.ip,
    current: session.sessionId === principal.sessionId,
  }
}

export const listSessionsCase = { run: listSessions }
export const endSessionCase = { run: endSession }
export const endSessionsCase = { run: endAllSessions }

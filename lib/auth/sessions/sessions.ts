import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { type ListedSession, sessionsRead } from '../../store/session-list.ts'
import { revokeSession, revokeSessions } from '../../store/sessions.ts'
import type { AuthDeps } from '../types.ts'

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

/**
 * Lists the caller's live sessions, newest first, with device and address (OWASP ASVS v5.0.0-7.5.2).
 */
export const listSessions = defineOperation('listSessions', {
  summary: 'List your sessions, newest first',
  problems: [],
  answer: ['Session'],
  run: async (call) => {
    const { principal } = call
    const sessions = await call.read(sessionsRead(principal.userId))
    if (!sessions.ok) return sessions
    const newestFirst = sessions.value.sort((a, b) => b.createdAt - a.createdAt)
    return ok({ data: newestFirst.map((session) => own(session, principal)), nextCursor: null })
  },
})

/** Ends one of the caller's sessions; another's answers `not-found`, as an absent one does. */
export const endSession = defineOperation('endSession', {
  summary: 'End one of your sessions',
  problems: ['not-found'],
  run: async (call, { deadSessions, lifetimes }: AuthDeps) => {
    const { principal, id } = call
    const ended = await revokeSession(call.store, { ...principal, sessionId: id })
    if (!ended) return fail('not-found', 'no such session of this user')
    deadSessions.end(id, lifetimes)
    call.report('session.ended', { user: principal.accountId, session: id })
    return ok(undefined)
  },
})

/** Ends all of the caller's sessions, this one too. No refresh that races with it survives. */
export const endSessions = defineOperation('endSessions', {
  summary: 'End all your sessions: log out everywhere',
  problems: [],
  run: async (call, { deadSessions, lifetimes }: AuthDeps) => {
    const { principal } = call
    const ended = await revokeSessions(call.store, principal.userId)
    for (const id of ended) deadSessions.end(id, lifetimes)
    call.report('session.ended', { user: principal.accountId })
    if (call.presented.by === 'cookies') call.cookies.clear()
    return ok(undefined)
  },
})

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

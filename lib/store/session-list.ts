import { mapRead, type Read } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import { keys } from './keys.ts'
import { LIST_SESSIONS } from './scripts/session-list.ts'

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
  const touched = { sessionsKey: keys.sessionsOf(userId), userKey: keys.user(userId) }
  const args = { sessionPrefix: keys.session('') }
  const read = scriptRead('auth', LIST_SESSIONS, touched, args)
  return mapRead(read, ({ sessions }) => sessions)
}

import type { Read } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { level, mayEnter, planName } from './rules.ts'
import { LIVENESS_AT_PRIMARY, READ_LIVENESS } from './scripts/liveness.ts'

/** A session as a token needs it; times in epoch milliseconds of the store's clock. */
export interface SessionState {
  seq: number
  at: number
  idle: number
  now: number
  level: number
  /** The name of the account's plan. */
  plan: string
}

/** Whose session it is: `userId` is the address, which names the account's record. */
export interface Holder {
  sessionId: string
  accountId: string
  userId: string
}

/**
 * The state of a session and its account, as the store has it; the token may be older. `signedInAgo`: the
 * milliseconds since the user has proven in this session who they are.
 */
export type Liveness =
  | { status: 'live'; level: number; plan: string; signedInAgo: number }
  | {
      status:
        | 'session-missing'
        | 'session-revoked'
        | 'session-superseded'
        | 'user-missing'
        | 'user-disabled'
    }

/** The fields that say whether a session lives: they ride along with a request's data. */
export function livenessRead(session: Holder): Read<LivenessFields> {
  return scriptRead('auth', READ_LIVENESS, keysOf(session), {})
}

/** What {@link READ_LIVENESS} reads of the session and of its account. */
export type LivenessFields = ReturnType<typeof READ_LIVENESS.parse>

/** Judges the fields. Anything but a live session of an enabled account is not live. */
export function liveness(holder: Holder, { session, account, now }: LivenessFields): Liveness {
  const [state, owner, opened, createdAt = '0', fresh = '0'] = session
  const [stored, disabled, emailVerified, generation, id, plan] = account
  if (state === undefined) return { status: 'session-missing' }
  if (state !== 'live') return { status: 'session-revoked' }
  if (owner !== holder.accountId) {
    // From before accounts had ids: a replica may not know yet that a rotation gave it its own.
    return { status: owner === holder.userId ? 'session-superseded' : 'session-revoked' }
  }
  // An account that was deleted and made again has another id.
  if (stored === undefined || id !== holder.accountId) return { status: 'user-missing' }
  if ((opened ?? '0') !== (generation ?? '0')) return { status: 'session-superseded' }
  if (!mayEnter(disabled, emailVerified)) return { status: 'user-disabled' }
  const signedInAgo = now - Math.max(Number(createdAt), Number(fresh))
  return { status: 'live', level: level(stored), plan: planName(plan), signedInAgo }
}

/** Asks the primary. See {@link LIVENESS_AT_PRIMARY}. */
export async function livenessAtPrimary(store: Store, session: Holder): Promise<Liveness> {
  return liveness(session, await store.write(LIVENESS_AT_PRIMARY, keysOf(session), {}))
}

function keysOf({ sessionId, userId }: Holder): { sessionKey: string; userKey: string } {
  return { sessionKey: keys.session(sessionId), userKey: keys.user(userId) }
}

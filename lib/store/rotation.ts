import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import type { Holder, SessionState } from './liveness.ts'
import { ROTATE_SESSION } from './scripts/rotation.ts'

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
  const rotation = await store.write(
    ROTATE_SESSION,
    {
      sessionKey: keys.session(sessionId),
      sessionsKey: keys.sessionsOf(userId),
      userKey: keys.user(userId),
      freshKey: keys.accountId(freshId),
    },
    {
      sessionId,
      subject: accountId,
      address: userId,
      presented: seq,
      idleTtl: refreshTokenTtlMs,
      grace: graceMs,
      tokenEnd: expiresAt,
      clockTolerance: clockToleranceMs,
      fresh: freshId,
    },
  )
  if (rotation.status !== 'rotated' && rotation.status !== 'repeated') return rotation
  const { status, accountId: id, ...session } = rotation
  return { status, accountId: id, session }
}

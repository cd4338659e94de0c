import { fail, ok, type Result } from '../errors.ts'
import { rotateSession } from '../store/rotation.ts'
import { grant, type TokenResponse } from './grant.ts'
import { CLOCK_TOLERANCE_SECONDS, type RefreshClaims } from './tokens.ts'
import type { AuthCall, AuthDeps } from './types.ts'

/** Exchanges a verified refresh token for the next pair: one call to the store, at its primary. */
export async function rotate(
  { store, report }: Pick<AuthCall, 'store' | 'report'>,
  { sub: userId, sid: sessionId, seq, exp }: RefreshClaims,
  deps: AuthDeps,
): Promise<Result<TokenResponse, 'invalid-refresh-token'>> {
  const rotation = await rotateSession(
    store,
    { sessionId, userId, seq, expiresAt: exp * 1_000 },
    {
      refreshTokenTtlMs: deps.lifetimes.refreshTokenTtl * 1_000,
      graceMs: deps.lifetimes.refreshGrace * 1_000,
      clockToleranceMs: CLOCK_TOLERANCE_SECONDS * 1_000,
    },
  )
  switch (rotation.status) {
    case 'rotated':
    case 'repeated':
      return ok(await grant(deps, 'Token Refreshed', { userId, sessionId }, rotation.session))
    case 'unknown':
    case 'revoked':
    case 'expired':
    case 'refused':
      return fail('invalid-refresh-token', `session ${rotation.status}`)
    case 'reused':
      report('token.reused', { user: userId, session: sessionId })
      return fail('invalid-refresh-token', `refresh token reused; session ${sessionId} revoked`)
  }
}

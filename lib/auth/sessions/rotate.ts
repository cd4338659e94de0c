import { fail, ok, type Result } from '../../contract/problems.ts'
import type { Holder } from '../../store/liveness.ts'
import { rotateSession } from '../../store/rotation.ts'
import type { TokenResponse } from '../tokens/token-response.ts'
import { CLOCK_TOLERANCE_SECONDS, type RefreshClaims } from '../tokens/tokens.ts'
import type { AuthCall, AuthDeps } from '../types.ts'
import { grant } from './grant.ts'

/** The next pair, whose session it is, and what the account is now. */
interface Rotated {
  tokens: TokenResponse
  holder: Holder
  rights: { level: number; plan: string }
}

/**
 * Exchanges a verified refresh token for the next pair: one call to the store, at its primary.
 *
 * @returns The pair, and whose session it is: a token from before accounts had ids does not say.
 */
export async function rotate(
  { store, report }: Pick<AuthCall, 'store' | 'report'>,
  claims: RefreshClaims,
  deps: AuthDeps,
): Promise<Result<Rotated, 'invalid-refresh-token'>> {
  const { sub, user: userId, sid: sessionId, seq, exp } = claims
  const rotation = await rotateSession(
    store,
    {
      sessionId,
      accountId: sub,
      userId,
      seq,
      expiresAt: exp * 1_000,
      freshId: deps.newAccountId(),
    },
    {
      refreshTokenTtlMs: deps.lifetimes.refreshTokenTtl * 1_000,
      graceMs: deps.lifetimes.refreshGrace * 1_000,
      clockToleranceMs: CLOCK_TOLERANCE_SECONDS * 1_000,
    },
  )
  switch (rotation.status) {
    case 'rotated':
    case 'repeated': {
      const { accountId, session } = rotation
      const holder = { accountId, userId, sessionId }
      const { level, plan } = session
      const tokens = await grant(deps, 'Token Refreshed', holder, session)
      return ok({ tokens, holder, rights: { level, plan } })
    }
    case 'refused':
      // A disabled account may be enabled again.
      return fail('invalid-refresh-token', 'account may not enter')
    case 'unknown':
    case 'revoked':
    case 'expired':
      deps.deadSessions.remember(claims)
      return fail('invalid-refresh-token', `session ${rotation.status}`)
    case 'reused':
      deps.deadSessions.remember(claims)
      // A token from before accounts had ids names the address, which no event shows.
      report('token.reused', { user: sub === userId ? undefined : sub, session: sessionId })
      return fail('invalid-refresh-token', `refresh token reused; session ${sessionId} revoked`)
  }
}

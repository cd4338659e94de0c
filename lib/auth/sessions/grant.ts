import type { Holder, SessionState } from '../../store/liveness.ts'
import type { TokenResponse } from '../tokens/token-response.ts'
import type { AuthDeps } from '../types.ts'

/**
 * Makes a token pair of a session's state. The refresh token follows from the stored counter and
 * times alone, so that repeating a rotation gives the same bytes; no access token outlives the
 * session.
 *
 * @see [RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749.html#section-5.1)
 */
export async function grant(
  deps: AuthDeps,
  message: TokenResponse['message'],
  holder: Holder,
  session: SessionState,
): Promise<TokenResponse> {
  const { accountId: sub, userId: user, sessionId: sid } = holder
  const { seq, at, idle, now, level, plan } = session
  const refreshExpiresIn = Math.max(0, Math.floor((idle - now) / 1_000))
  const expiresIn = Math.min(deps.lifetimes.accessTokenTtl, refreshExpiresIn)
  const iat = Math.floor(deps.now() / 1_000)
  deps.plansSeen.note(sub, plan)
  const [JWT, refresh] = await Promise.all([
    deps.accessTokens.issue({
      sub,
      user,
      sid,
      level,
      plan,
      iat,
      exp: iat + expiresIn,
      jti: deps.randomId(),
    }),
    deps.refreshTokens.issue({
      sub,
      user,
      sid,
      seq,
      iat: Math.floor(at / 1_000),
      exp: Math.floor(idle / 1_000),
    }),
  ])
  return {
    message,
    content: { user, level },
    JWT,
    refresh,
    tokenType: 'Bearer',
    expiresIn,
    refreshExpiresIn,
  }
}

import { ok, type Result } from '../errors.ts'
import { quotaExceeded } from '../rate-limit/headers.ts'
import { revokeSession } from '../store/sessions.ts'
import type { AuthCall, AuthDeps } from './types.ts'

/**
 * Ends the session of the presented access token, of the refresh token in the body, or of both. An
 * expired access token still names its session, and logging out is all it can do.
 *
 * @param call Its input is whatever was sent: garbage names no session, and the answer is the same.
 * @returns Nothing (204), or `quota-exceeded`.
 *
 * @see [RFC 7009 §2.2](https://www.rfc-editor.org/rfc/rfc7009.html#section-2.2)
 */
export async function logout(
  call: AuthCall<unknown>,
  deps: AuthDeps,
): Promise<Result<undefined, 'quota-exceeded'>> {
  const sessions = new Map<string, { userId: string; sessionId: string }>()
  for (const claims of await presentedSessions(call, deps)) {
    sessions.set(claims.sid, { userId: claims.sub, sessionId: claims.sid })
  }
  for (const session of sessions.values()) {
    const quota = await call.quotas.count('refresh', { key: session.sessionId })
    if (!quota.allowed) return quotaExceeded([quota])
    await revokeSession(call.store, session)
  }
  return ok(undefined)
}

async function presentedSessions(
  call: AuthCall<unknown>,
  deps: AuthDeps,
): Promise<{ sub: string; sid: string }[]> {
  const { bearer, input } = call
  const access =
    bearer === undefined
      ? undefined
      : await deps.accessTokens.verify(bearer, deps.now(), { expired: 'accept' })
  const refresh = refreshTokenIn(input)
  const refreshed = refresh === undefined ? undefined : await deps.refreshTokens.verify(refresh)
  return [
    ...(access?.ok === true ? [access.value] : []),
    ...(refreshed?.ok === true ? [refreshed.value] : []),
  ]
}

function refreshTokenIn(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  const { refresh, refreshToken } = input as { refresh?: unknown; refreshToken?: unknown }
  const token = refresh ?? refreshToken
  return typeof token === 'string' ? token : undefined
}

export const logoutCase = { run: logout }

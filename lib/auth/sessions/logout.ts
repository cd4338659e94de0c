import { fail, ok } from '../../contract/problems.ts'
import { asSent, defineOperation } from '../../operation.ts'
import { quotaExceeded } from '../../rate-limit/headers.ts'
import { revokeSession } from '../../store/sessions.ts'
import type { AuthDeps } from '../types.ts'

/**
 * Ends the session of the presented access token, of the refresh token in the body, or of both, or
 * of the cookies, which it clears. An expired access token still names its session, and logging out
 * is all it can do.
 *
 * @param call Its input is whatever was sent: garbage names no session, and the answer is the same.
 * @returns Nothing (204); `csrf-failed` when cookies that name a session come from another site;
 *   `quota-exceeded`.
 *
 * @see [RFC 7009 §2.2](https://www.rfc-editor.org/rfc/rfc7009.html#section-2.2)
 */
export const logout = defineOperation('logout', {
  summary: 'End the session; always 204',
  input: asSent<unknown>(),
  problems: ['quota-exceeded', 'csrf-failed'],
  run: async (call, deps: AuthDeps) => {
    const { presented, site, cookies } = call
    const presentedSessions = await sessionsOf(presented.access, presented.refresh, deps)
    if (presentedSessions.length > 0 && presented.by === 'cookies' && !site.sameOrigin) {
      return fail('csrf-failed', 'logout from another site')
    }
    const named = await sessionsOf(undefined, refreshTokenIn(call.input), deps)
    const sessions = new Map(
      [...presentedSessions, ...named].map(({ sub, user, sid }) => [
        sid,
        { accountId: sub, userId: user, sessionId: sid },
      ]),
    )
    for (const session of sessions.values()) {
      call.identify(session)
      const quota = await call.quotas.count('refresh', { key: session.sessionId })
      if (!quota.allowed) return quotaExceeded([quota])
      if (await revokeSession(call.store, session)) {
        deps.deadSessions.end(session.sessionId, deps.lifetimes)
        // A token from before accounts had ids names the address, which no event shows.
        const user = session.accountId === session.userId ? undefined : session.accountId
        call.report('session.ended', { user, session: session.sessionId })
      }
    }
    // A form of another site, with which no cookies came, must not take them away.
    if (!site.foreign) cookies.clear()
    return ok(undefined)
  },
})

async function sessionsOf(
  access: string | undefined,
  refresh: string | undefined,
  { accessTokens, refreshTokens, now }: AuthDeps,
): Promise<{ sub: string; user: string; sid: string }[]> {
  const tokens = [
    access === undefined ? [] : accessTokens.verify(access, now(), { expired: 'accept' }),
    refresh === undefined ? [] : refreshTokens.verify(refresh),
  ].flat()
  const verified = await Promise.all(tokens)
  return verified.flatMap((token) => (token.ok ? token.value : []))
}

function refreshTokenIn(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  const { refresh, refreshToken } = input as { refresh?: unknown; refreshToken?: unknown }
  const token = refresh ?? refreshToken
  return typeof token === 'string' ? token : undefined
}

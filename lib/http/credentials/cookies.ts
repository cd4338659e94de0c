import { parseCookie, stringifySetCookie } from 'cookie'
import { CLOCK_TOLERANCE_SECONDS } from '../../auth/tokens/tokens.ts'
import type { Cookies, Presented, Verifiers } from './credential.ts'

/**
 * Reads and writes the cookies of one origin. `__Host-` keeps other hosts of the domain from
 * writing them; it needs `Secure`, which plain http on loopback cannot have.
 *
 * @see RFC 6265bis §4.1.3.2 (`__Host-`), §5.6.7 (`SameSite`)
 */
export function createCookies(origin: string): Cookies {
  const secure = origin.startsWith('https:')
  const prefix = secure ? '__Host-' : ''
  const names = { access: `${prefix}usher-access`, refresh: `${prefix}usher-refresh` }
  const write = (name: string, value: string, maxAge: number): string =>
    stringifySetCookie(
      { name, value, maxAge, path: '/', httpOnly: true, secure, sameSite: 'lax' },
      { encode: (text) => text },
    )
  return {
    read: (headers) => {
      const header = headers.get('cookie')
      if (header === null) return undefined
      // Not percent-decoded: a token has one spelling.
      const found = parseCookie(header, { decode: (text) => text })
      const { [names.access]: access, [names.refresh]: refresh } = found
      return access === undefined && refresh === undefined ? undefined : { access, refresh }
    },
    issue: ({ JWT, refresh, expiresIn, refreshExpiresIn }) => [
      write(names.access, JWT, expiresIn),
      write(names.refresh, refresh, refreshExpiresIn),
    ],
    clear: () => [write(names.access, '', 0), write(names.refresh, '', 0)],
  }
}

/**
 * The cookies of a browser. Those of others are no credential of ours. An access cookie that is over is
 * made good for by a refresh cookie that is signed.
 */
export function cookies(
  headers: Headers,
  {
    cookies: jar,
    accessTokens,
    refreshTokens,
  }: Pick<Verifiers, 'cookies' | 'accessTokens' | 'refreshTokens'>,
): Presented | undefined {
  const pair = jar.read(headers)
  if (pair === undefined) return undefined
  const { access, refresh } = pair
  return {
    tokens: { access, refresh, by: 'cookies' },
    check: async (nowMs) => {
      const token = access === undefined ? undefined : await accessTokens.verify(access, nowMs)
      if (token?.ok === true) return { status: 'valid', claims: token.value, by: 'cookies' }
      const renewal = refresh === undefined ? undefined : await refreshTokens.verify(refresh)
      if (renewal?.ok !== true) {
        return { status: 'invalid', reason: token?.reason ?? renewal?.reason ?? 'no token' }
      }
      // Its end is the store's to judge; one long past counts as nobody's, not as its user's quota.
      const over = renewal.value.exp <= nowMs / 1_000 - CLOCK_TOLERANCE_SECONDS
      return over
        ? { status: 'invalid', reason: 'refresh token expired' }
        : { status: 'renewable', claims: renewal.value, by: 'cookies' }
    },
  }
}

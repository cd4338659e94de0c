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
  // A token has no character that a cookie would have to escape.
  const write = (name: string, value: string, maxAge: number): string =>
    `${name}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly${secure ? '; Secure' : ''}; SameSite=Lax`
  return {
    read: (headers) => {
      const header = headers.get('cookie')
      if (header === null) return undefined
      const access = cookieIn(header, names.access)
      const refresh = cookieIn(header, names.refresh)
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
 * The value of a cookie, of several with one name the first. Not percent-decoded: a token has one spelling. A browser
 * takes spaces and tabs from around a name, and nothing else: who takes more would take a cookie of another host
 * for one with `__Host-`. By hand: a package would be carried by the gate and by every function.
 */
function cookieIn(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=')
    if (at >= 0 && bare(pair.slice(0, at)) === name) return bare(pair.slice(at + 1))
  }
  return undefined
}

function bare(text: string): string {
  let [from, to] = [0, text.length]
  while (text[from] === ' ' || text[from] === '\t') from++
  while (to > from && (text[to - 1] === ' ' || text[to - 1] === '\t')) to--
  return text.slice(from, to)
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

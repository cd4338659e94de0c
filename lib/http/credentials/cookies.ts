import { parseCookie, stringifySetCookie } from 'cookie'
import type { TokenResponse } from '../../auth/sessions/grant.ts'

/** The token pair in a browser's cookies. */
export interface Cookies {
  /** What the request carries; undefined when it has neither. */
  read(headers: Headers): { access?: string | undefined; refresh?: string | undefined } | undefined
  /** The `Set-Cookie` values of a pair; each cookie goes when its token does. */
  issue(tokens: TokenResponse): string[]
  /** The `Set-Cookie` values that remove both. */
  clear(): string[]
}

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
 * Whether a browser's page of this origin sent the request: what an unsafe request with cookies must
 * prove. Browsers that do not send `Sec-Fetch-Site` send `Origin`.
 *
 * @see W3C Fetch Metadata §2.4; OWASP CSRF Prevention Cheat Sheet
 */
export function isSameOrigin(headers: Headers, origin: string): boolean {
  const site = headers.get('sec-fetch-site')
  return site === null ? headers.get('origin') === origin : site === 'same-origin'
}

/** Whether a page of another origin sent the request; a program, which says nothing, did not. */
export function isForeign(headers: Headers, origin: string): boolean {
  const site = headers.get('sec-fetch-site')
  const sender = headers.get('origin')
  return (
    (site !== null && site !== 'same-origin' && site !== 'none') ||
    (sender !== null && sender !== origin)
  )
}

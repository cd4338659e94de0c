import { parseCookie, stringifySetCookie } from 'cookie'
import { FLOW_TTL_MS } from '../../auth/identities/flow.ts'
import type { FlowCookie } from '../../auth/identities/types.ts'

/**
 * Reads and writes the cookie of a browser that is at a provider. `Lax`: the browser comes back by a
 * navigation from another site, and brings it.
 *
 * @see RFC 6265bis §4.1.3.2 (`__Host-`), §5.6.7 (`SameSite`)
 */
export function createFlowCookie(origin: string): FlowCookie {
  const secure = origin.startsWith('https:')
  const name = `${secure ? '__Host-' : ''}usher-oauth`
  const write = (value: string, maxAge: number): string =>
    stringifySetCookie({ name, value, maxAge, path: '/', httpOnly: true, secure, sameSite: 'lax' })
  return {
    read: (header) => (header === null ? undefined : parseCookie(header)[name]),
    write: (sealed) => write(sealed, FLOW_TTL_MS / 1_000),
    clear: () => write('', 0),
  }
}

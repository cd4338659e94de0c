import { EnvironmentFault } from '../../settings/settings.ts'
import type { Settings } from '../../settings/types.ts'
import { serverTiming } from '../handover.ts'
import { setTransportSecurity } from '../transport-security.ts'

/**
 * Headers of every HTML page: scripts with this answer's nonce alone, no frames, no guesses.
 *
 * @param deps Pages are served also while the environment has faults.
 */
export function pageHeaders(nonce: string, deps: () => { settings: Settings }): Headers {
  const headers = new Headers({
    'Content-Security-Policy': [
      "default-src 'self'",
      `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'X-Request-Id': nonce,
    'Server-Timing': serverTiming(),
  })
  setTransportSecurity(headers, originOf(deps))
  return headers
}

function originOf(deps: () => { settings: Settings }): string | undefined {
  try {
    return deps().settings.origin
  } catch (error) {
    if (error instanceof EnvironmentFault) return undefined
    throw error
  }
}

interface PageRefusal {
  status: number
  headers: Record<string, string>
  text: string
}

/** What a page path cannot be asked: anything but reading, and the host's own internal pages. */
export function pageRefusal(method: string, pathname: string): PageRefusal | undefined {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }
  if (pathname.startsWith('/_')) {
    return { status: 404, headers, text: 'There is no page here. The API is under /api.\n' }
  }
  if (method === 'GET' || method === 'HEAD') return undefined
  return {
    status: 405,
    headers: { ...headers, Allow: 'GET, HEAD' },
    text: 'Pages are read with GET.\n',
  }
}

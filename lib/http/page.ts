import { serverTiming } from './handover.ts'

/** Headers of every HTML page: scripts with this answer's nonce alone, no frames, no guesses. */
export function pageHeaders(
  nonce: string,
): Record<'Content-Security-Policy', string> & Record<string, string> {
  return {
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

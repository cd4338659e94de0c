import { PROBLEMS, type ProblemCode } from '../errors.ts'
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

/**
 * The page that a problem's `type` points to, from the row of the catalogue.
 *
 * @returns Undefined when there is no such problem.
 */
export function problemPage(slug: string): string | undefined {
  if (!isProblemCode(slug)) return undefined
  const { status, title, remedy } = PROBLEMS[slug]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${status} ${escapeHtml(title)}</title>
<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1.5rem;color:#1c1c28;background:#fdfcf9}code{background:#efece3;padding:.1em .35em;border-radius:.25em}a{color:#7a1f3d}</style>
</head>
<body>
<main>
<p><code>${slug}</code> · HTTP ${status}</p>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(remedy)}</p>
<p><a href="/">Usher</a></p>
</main>
</body>
</html>
`
}

function isProblemCode(slug: string): slug is ProblemCode {
  return Object.hasOwn(PROBLEMS, slug)
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

import { type Failure, PROBLEMS } from '../../contract/problems.ts'
import { escapeHtml, htmlPage } from './html.ts'

/** Its own styles, and nothing else: no script, no frame, no form. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * Shows a failure to a person whose browser was led here: the status and the headers are those of the problem
 * document, which everybody else gets.
 *
 * @param asked The request's header fields.
 * @see [RFC 9110 §12.5.1](https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.1)
 */
export function failurePage(
  problem: Response,
  { code, detail, errors = [] }: Failure,
  asked: Headers,
): Response {
  const { headers } = problem
  headers.set('Vary', 'Accept')
  if (!/\btext\/html\b/i.test(asked.get('accept') ?? '')) return problem
  const { status, title, remedy } = PROBLEMS[code]
  headers.set('Content-Type', 'text/html; charset=utf-8')
  headers.set('Content-Security-Policy', POLICY)
  const told = errors.map(({ pointer, message }) => `${pointer.replace(/^#\//, '')} ${message}.`)
  const faults = told.length === 0 ? undefined : told.join(' ')
  const html = htmlPage(
    `${status} ${title}`,
    `<p><code>${code}</code> · HTTP ${status}</p>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(detail ?? faults ?? remedy)}</p>
<p><a href="/signin">Sign in</a> · <a href="/">Home</a></p>`,
  )
  return new Response(html, { status, headers })
}

import type { IncomingMessage } from 'node:http'
import { type Failure, fail } from '../lib/contract/problems.ts'
import { HEADER_SECTION_DETAIL, LARGEST_HEADER_SECTION } from '../lib/http/header-section.ts'

/**
 * What Node parses of a header section, in bytes: enough to tell whose request is too large. Less than
 * it reads at once, so that what it gives up still shows its beginning.
 */
export const LARGEST_PARSED_SECTION = 3 * LARGEST_HEADER_SECTION

/** Colon, space and line end of each field, of which `rawHeaders` has two parts. */
const AROUND_PART = 2

/**
 * What is wrong with a request's form, whatever it asks for.
 *
 * @param target See {@link targetOf}.
 */
export function formFault(
  request: IncomingMessage,
  target: string | undefined,
): Failure | undefined {
  const { url = '', rawHeaders } = request
  const size = rawHeaders.reduce((sum, part) => sum + part.length + AROUND_PART, url.length)
  if (size > LARGEST_HEADER_SECTION) return sectionTooLarge('counted')
  if (!hasOneHost(request)) {
    const detail = 'Send one Host field of the form name or name:port.'
    return fail('invalid-request', 'Host', { detail })
  }
  return target === undefined ? malformed('target') : undefined
}

/** The failure of what the parser did not take. */
export function parseFault(code: string | undefined): Failure {
  if (code === 'HPE_HEADER_OVERFLOW') return sectionTooLarge(code)
  return malformed(code)
}

function sectionTooLarge(reason: string): Failure {
  return fail('header-too-large', reason, { detail: HEADER_SECTION_DETAIL })
}

function malformed(code: string | undefined): Failure {
  const detail =
    code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? 'The request did not arrive in time.'
      : 'The request is not well-formed HTTP.'
  return fail('invalid-request', code ?? 'parse error', { detail })
}

/** A name or an address, and a port; nothing before or behind it (RFC 3986 §3.2.2). */
const AUTHORITY = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i

/**
 * Whether `Host` is there once and names a host; HTTP/1.0 may go without.
 *
 * @see [RFC 9112 §3.2](https://www.rfc-editor.org/rfc/rfc9112.html#section-3.2)
 */
function hasOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host',
  )
  const [host] = hosts
  if (host === undefined) return httpVersion === '1.0'
  return hosts.length === 1 && AUTHORITY.test(host)
}

/**
 * The path and query as they were sent: also of the absolute form, which a client may send.
 *
 * @see [RFC 9112 §3.2.2](https://www.rfc-editor.org/rfc/rfc9112.html#section-3.2.2)
 */
export function targetOf(url: string): string | undefined {
  if (url.startsWith('/')) return url
  const [, authority = '', rest = ''] = /^https?:\/\/([^/?#\\]+)(.*)$/is.exec(url) ?? []
  if (authority === '' || !AUTHORITY.test(authority)) return undefined
  return rest.startsWith('/') ? rest : `/${rest}`
}

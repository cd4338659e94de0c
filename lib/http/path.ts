/** Characters that a path not in its normal form has; most paths have none of them. */
const SUSPECT = /\\|\/(?:\/|$|\.|%2e)/i

/**
 * The normal form of a URL's path: one slash between segments and none at the end, no `.` and no
 * `..`, in whatever spelling. Everybody who judges or serves a path reads it in this form: a check
 * that reads it differently from whoever serves it can be gone around.
 *
 * @see [RFC 3986 §6.2.2.3](https://www.rfc-editor.org/rfc/rfc3986.html#section-6.2.2.3), and the
 *   URL standard's path state, which takes `%2e` for a dot and a backslash for a slash
 */
export function normalPath(pathname: string): string {
  if (!SUSPECT.test(pathname)) return pathname
  const segments: string[] = []
  for (const segment of pathname.split(/[/\\]/)) {
    const dots = segment.length > 6 ? segment : segment.replace(/%2e/gi, '.')
    if (dots === '..') segments.pop()
    else if (dots !== '.' && dots !== '') segments.push(segment)
  }
  return `/${segments.join('/')}`
}

/**
 * Where a request is sent whose path is not in its normal form; undefined when it may stay. A
 * preflight may stay as well: browsers follow no redirect of one.
 *
 * @param search The query with its question mark, or nothing.
 * @see [Fetch §4.8](https://fetch.spec.whatwg.org/#cors-preflight-fetch)
 */
export function redirectOf(
  method: string,
  { pathname, search }: { pathname: string; search: string },
): string | undefined {
  const normal = normalPath(pathname)
  return normal === pathname || method === 'OPTIONS' ? undefined : `${normal}${search}`
}

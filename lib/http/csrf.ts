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

/** Two years, as preload lists ask for. Only this host: others may share its domain. */
const STRICT_TRANSPORT = 'max-age=63072000'

/**
 * Tells browsers to come by https from now on; over plain http, where only loopback is served, they
 * may not be told.
 *
 * @param origin The public origin; undefined while the environment has faults.
 * @see [RFC 6797 §7.2](https://www.rfc-editor.org/rfc/rfc6797.html#section-7.2)
 */
export function setTransportSecurity(headers: Headers, origin: string | undefined): void {
  if (origin?.startsWith('https:') === true) {
    headers.set('Strict-Transport-Security', STRICT_TRANSPORT)
  }
}

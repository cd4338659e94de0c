import { setQuotaHeaders } from '../rate-limit/headers.ts'
import type { Decision } from '../rate-limit/types.ts'
import type { Settings } from '../settings/settings.ts'
import type { Spent } from '../store/client/trips.ts'
import { setCorsHeaders } from './cors.ts'
import { serverTiming } from './handover.ts'
import { setTransportSecurity } from './transport-security.ts'

/** What is known of a request when it is answered. */
export interface Answered {
  /** Of the page that asks, as the browser says. */
  origin: string | null
  /** Undefined while the environment has faults. */
  settings: Pick<Settings, 'origin' | 'corsOrigins'> | undefined
  /** Undefined where the gate has set it: Next would append this one to it. */
  requestId: string | undefined
  spent?: Spent | undefined
  decisions?: readonly Decision[]
  /** Anybody may read it, so that pages of any site may embed it. */
  isPublic?: boolean
}

/**
 * Sets the headers that every answer of the API has, whoever gives it: the gate, an endpoint, or the
 * start server.
 *
 * @see [Fetch §3.7](https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header)
 */
export function setAnswerHeaders(
  headers: Headers,
  { origin, settings, requestId, spent, decisions = [], isPublic = false }: Answered,
): void {
  if (requestId !== undefined) headers.set('X-Request-Id', requestId)
  headers.set('Server-Timing', serverTiming(spent))
  headers.set('Cross-Origin-Resource-Policy', isPublic ? 'cross-origin' : 'same-origin')
  setTransportSecurity(headers, settings?.origin)
  setQuotaHeaders(headers, decisions)
  setCorsHeaders(headers, origin, settings?.corsOrigins ?? [])
}

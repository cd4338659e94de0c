import type { Failure } from '../lib/contract/problems.ts'
import { serverTiming } from '../lib/http/handover.ts'
import { problem, redirect } from '../lib/http/problem.ts'
import { setAnswerHeaders } from '../lib/http/respond.ts'
import { setTransportSecurity } from '../lib/http/transport-security.ts'
import type { Settings } from '../lib/settings/types.ts'

/** Of the page that asks, as its browser says; nothing where there is none. */
type PageOrigin = string | undefined

/** What the start server answers by itself, with the headers of all other answers. */
export class OwnAnswers {
  readonly #settings: Pick<Settings, 'origin' | 'corsOrigins'>

  constructor(settings: Pick<Settings, 'origin' | 'corsOrigins'>) {
    this.#settings = settings
  }

  /**
   * @param instance The path, where there is one.
   * @param allow The methods of the path, of a 405.
   */
  refusal(failure: Failure, instance: string, origin: PageOrigin, allow?: string): Response {
    const requestId = crypto.randomUUID()
    const response = problem(failure.code, { instance, requestId }, failure)
    if (allow !== undefined) response.headers.set('Allow', allow)
    return this.#headed(response, requestId, origin)
  }

  redirect(location: string, origin: PageOrigin): Response {
    return this.#headed(redirect(location), crypto.randomUUID(), origin)
  }

  /** Of `OPTIONS *`, which asks about the server as a whole (RFC 9110 §9.3.7). */
  options(): Response {
    const headers = { Allow: 'GET, HEAD, POST, OPTIONS' }
    const response = new Response(null, { status: 204, headers })
    return this.#headed(response, crypto.randomUUID(), undefined)
  }

  /** Headers of the host's own files, which the gate does not see. */
  fileHeaders(): Headers {
    const headers = new Headers({
      'X-Request-Id': crypto.randomUUID(),
      'X-Content-Type-Options': 'nosniff',
      'Server-Timing': serverTiming(),
    })
    setTransportSecurity(headers, this.#settings.origin)
    return headers
  }

  #headed(response: Response, requestId: string, origin: PageOrigin): Response {
    const settings = this.#settings
    setAnswerHeaders(response.headers, { origin: origin ?? null, settings, requestId })
    return response
  }
}

/** The origin that a request names which the parser did not take, if it came that far. */
export function originIn(packet: Buffer | undefined): PageOrigin {
  return /\r?\norigin:[ \t]*([!-~]+)[ \t]*\r?\n/i.exec(packet?.toString('latin1') ?? '')?.[1]
}

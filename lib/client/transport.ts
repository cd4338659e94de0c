import { problemOf, UsherProblem } from './answers.ts'
import { type Quota, quotasOf, type Throttled } from './quota.ts'

const MOST_TRIES = 4
const LONGEST_WAIT_SECONDS = 60

interface TransportOptions {
  url: string
  fetch: typeof fetch
  /** Whether the browser's cookies of this origin go along. */
  cookies: boolean
  /** In seconds: an answer that asks for more is thrown. */
  longestWait: number | undefined
  signal: AbortSignal | undefined
  onThrottled: ((throttled: Throttled) => void) | undefined
}

/** Sends requests to one API, and repeats those that may be repeated. */
export class Transport {
  readonly #options: TransportOptions
  #lastQuota: readonly Quota[] = []
  /** Of the last write: what comes after sees it, whichever copy of the data answers. */
  #sync: string | undefined

  constructor(options: TransportOptions) {
    this.#options = options
  }

  /** What the last answer said that had something to say. */
  get lastQuota(): readonly Quota[] {
    return this.#lastQuota
  }

  /**
   * Sends a request, and waits as long as the answer asks for: what was refused before it was done
   * (429) is sent again, what may have been done (503) only where that does nothing twice.
   *
   * @throws UsherProblem for an answer of 400 and up; what `fetch` throws when there is none.
   */
  async send(path: string, init: RequestInit, credential: Credential = {}): Promise<Response> {
    let doubtful = false
    for (let tries = 1; ; tries++) {
      try {
        return await this.once(path, init, credential)
      } catch (error) {
        if (!(error instanceof UsherProblem)) throw error
        // The first try, answered 503, may have deleted the item: then 404 is a success.
        if (doubtful && error.status === 404 && init.method === 'DELETE')
          return new Response(null, { status: 204 })
        doubtful ||= error.status === 503
        const seconds = tries < MOST_TRIES ? this.#waitFor(error, init) : undefined
        const { status, retryAfterSeconds } = error
        if (status === 429)
          this.#options.onThrottled?.({ retryAfterSeconds, waits: seconds !== undefined })
        if (seconds === undefined) throw error
        await this.pause(seconds * 1_000, init)
      }
    }
  }

  /** Sends a request this once. @throws as {@link send}. */
  async once(path: string, init: RequestInit, credential: Credential = {}): Promise<Response> {
    const { url, fetch, cookies } = this.#options
    const headers = new Headers(init.headers)
    for (const [name, value] of Object.entries(credential)) headers.set(name, value)
    if (this.#sync !== undefined) headers.set('Usher-Sync', this.#sync)
    const response = await fetch(`${url}${path}`, {
      credentials: cookies ? 'same-origin' : 'omit',
      ...init,
      headers,
      signal: this.#signalOf(init) ?? null,
    })
    this.#lastQuota = quotasOf(response.headers) ?? this.#lastQuota
    this.#sync = response.headers.get('usher-sync') ?? this.#sync
    if (response.ok || response.status === 304) return response
    throw await problemOf(response)
  }

  /** Waits. @throws The reason of what ends the request, or all of them, when that comes first. */
  pause(milliseconds: number, init: RequestInit = {}): Promise<void> {
    return sleep(milliseconds, this.#signalOf(init))
  }

  /** What ends a request: its own signal, or the client's. */
  #signalOf({ signal }: RequestInit): AbortSignal | undefined {
    const signals = [signal ?? [], this.#options.signal ?? []].flat()
    return signals.length < 2 ? signals[0] : AbortSignal.any(signals)
  }

  #waitFor({ status, retryAfterSeconds }: UsherProblem, init: RequestInit): number | undefined {
    if (status !== 429 && !(status === 503 && isRepeatable(init))) return undefined
    const longestWait = this.#options.longestWait ?? LONGEST_WAIT_SECONDS
    return (retryAfterSeconds ?? Number.POSITIVE_INFINITY) > longestWait
      ? undefined
      : retryAfterSeconds
  }
}

/** The header that says who asks. */
export type Credential = Readonly<Record<string, string>>

/** A request with a body of JSON. */
export function jsonInit(
  method: string,
  body: unknown,
  headers: Record<string, string> = {},
): RequestInit {
  return {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason)
    const end = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      // The signal may be a program's only one, and live as long as it.
      signal?.removeEventListener('abort', end)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', end, { once: true })
  })
}

/** Whether a request that was answered 503, and may have been done, can be sent again without harm. */
function isRepeatable({ method = 'GET', headers }: RequestInit): boolean {
  const sent = new Headers(headers)
  if (method === 'GET' || method === 'HEAD' || sent.has('Idempotency-Key')) return true
  // The condition would be checked against the result of the first try.
  return ['PUT', 'DELETE'].includes(method) && !sent.has('If-Match') && !sent.has('If-None-Match')
}

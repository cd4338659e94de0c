import { setTimeout as sleep } from 'node:timers/promises'
import type { TokenResponse } from '../../lib/auth/tokens/token-response.ts'

/** One answer, read: its body parsed when it is JSON. */
export interface Answer {
  status: number
  headers: Headers
  type: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any
  text: string
}

/** So often a request is sent before 503 is the answer. */
const PATIENCE = 5

export const ME = { user: 'me@home.org', password: 'password' }

/** Reads a response to its end. */
export async function read(response: Response): Promise<Answer> {
  const { status, headers } = response
  const text = await response.text()
  const type = headers.get('content-type') ?? ''
  const body = type.includes('json') && text !== '' ? JSON.parse(text) : undefined
  return { status, headers, type, body, text }
}

/** Calls the API as a client would. */
export class Api {
  readonly origin: string
  readonly #headers: Record<string, string>
  readonly #fetch: (url: string, init: RequestInit) => Promise<Response>

  /**
   * @param headers What the platform in front of the host adds to every request.
   * @param send Sends a request, where that is not `fetch`.
   */
  constructor(origin: string, headers: Record<string, string> = {}, send: typeof fetch = fetch) {
    this.origin = origin
    this.#headers = headers
    this.#fetch = send
  }

  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    return read(await this.request(path, init))
  }

  /** The same, unread. */
  request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...this.#headers, ...(init.headers as Record<string, string>) }
    return this.#fetch(`${this.origin}${path}`, { redirect: 'manual', ...init, headers })
  }

  get(path: string, token?: string): Promise<Answer> {
    return this.send(path, { headers: bearer(token) })
  }

  post(path: string, body: unknown, token?: string): Promise<Answer> {
    const headers = { 'Content-Type': 'application/json', ...bearer(token) }
    return this.send(path, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  /**
   * Asks again as long as the answer is that of a machine that is busy, as a client should. For what is
   * not the subject of a test: its preparation.
   */
  async patiently(ask: () => Promise<Answer>): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const answer = await ask()
      if (answer.status !== 503 || tries === PATIENCE) return answer
      await sleep(Number(answer.headers.get('retry-after') ?? 1) * 1_000)
    }
  }

  /** Signs in and fails the test when that does not work. */
  async signIn({ user, password } = ME): Promise<TokenResponse> {
    const answer = await this.patiently(() => this.post('/api/auth/signin', { user, password }))
    if (answer.status !== 200) throw new Error(`signin answered ${answer.status}: ${answer.text}`)
    return answer.body
  }
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` }
}

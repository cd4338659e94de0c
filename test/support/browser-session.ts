import { type Answer, read } from './api.ts'
import type { InProcess } from './in-process.ts'

/** A browser of one person: it keeps cookies, and follows no redirect. */
export class BrowserSession {
  readonly #api: Pick<InProcess, 'ask'>
  readonly #headers: Record<string, string>
  readonly cookies = new Map<string, string>()

  /** @param headers What is sent with every request: a platform in front tells the client's address. */
  constructor(api: Pick<InProcess, 'ask'>, headers: Record<string, string> = {}) {
    this.#api = api
    this.#headers = headers
  }

  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const own = { ...this.#headers, ...(cookie && { Cookie: cookie }) }
    const headers = { ...own, ...Object(init.headers) }
    const answer = await read(await this.#api.ask(path, { ...init, headers }))
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = '', rest = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? []
      if (/;\s*max-age=0\b/i.test(rest)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return answer
  }

  /** Sends a change as a page of the service's own does. */
  change(path: string, method: string, body?: unknown): Promise<Answer> {
    const own = { 'Sec-Fetch-Site': 'same-origin' }
    if (body === undefined) return this.send(path, { method, headers: own })
    const headers = { ...own, 'Content-Type': 'application/json' }
    return this.send(path, { method, headers, body: JSON.stringify(body) })
  }

  /** Begins a sign-in with a provider. @returns Where the browser is sent. */
  async begin(provider: string, query = ''): Promise<string> {
    const headers = { 'Sec-Fetch-Site': 'same-origin' }
    const answer = await this.send(`/api/auth/oauth/${provider}${query}`, { headers })
    const location = answer.headers.get('location')
    if (answer.status !== 303 || location === null) {
      throw new Error(`the sign-in did not begin: ${answer.status} ${answer.text}`)
    }
    return location
  }

  /** Comes back from a provider, as a redirect of another site. */
  comeBack(url: URL, headers: Record<string, string> = {}): Promise<Answer> {
    const site = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }
    return this.send(`${url.pathname}${url.search}`, { headers: { ...site, ...headers } })
  }
}

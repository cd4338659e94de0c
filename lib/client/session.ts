import { bodyOf, UsherProblem } from './answers.ts'
import { isTokenPair, type TokenStore, type Tokens, tokensOf } from './tokens.ts'
import { jsonInit, type Transport } from './transport.ts'

/** A token with less than this left is renewed before it is used. */
const MARGIN_MS = 10_000
/** A refresh is repeated within the server's grace, in which it gives the same answer. */
const REFRESH_PAUSES_MS = [200, 800]
/** Three tries of this length, with the pauses between them, are shorter than that grace. */
const REFRESH_PATIENCE_MS = 2_500

/** The tokens of a program, and their renewal: one at a time, across tabs too (Web Locks). */
export class Session {
  readonly #store: TokenStore
  readonly #transport: Transport
  readonly #onSignedOut: () => void
  #refreshing: Promise<Tokens> | undefined

  /** @param onSignedOut Told when the API says that the session is over. */
  constructor(store: TokenStore, transport: Transport, onSignedOut: () => void) {
    this.#store = store
    this.#transport = transport
    this.#onSignedOut = onSignedOut
  }

  get tokens(): Tokens | undefined {
    return this.#store.get()
  }

  /** Keeps a pair, or forgets the one that is kept. */
  keep(tokens: Tokens | undefined): void {
    this.#store.set(tokens)
  }

  /** Sends a request with the access token, which is renewed where it is over. @throws as `send`. */
  async send(path: string, init: RequestInit): Promise<Response> {
    const tokens = this.#store.get()
    if (tokens === undefined) return this.#transport.send(path, init)
    const due = tokens.expiresAt - Date.now() < MARGIN_MS
    const { access } = due ? await this.#refresh(tokens) : tokens
    try {
      return await this.#transport.send(path, init, bearer(access))
    } catch (error) {
      const over = error instanceof UsherProblem && error.code === 'invalid-token'
      if (!over || due) throw error
      const renewed = await this.#refresh(tokens)
      return this.#transport.send(path, init, bearer(renewed.access))
    }
  }

  /** One refresh at a time; whoever comes second takes what the first has got. */
  async #refresh(stale: Tokens): Promise<Tokens> {
    this.#refreshing ??= inLock(async () => {
      const current = this.#store.get()
      if (current === undefined) throw new UsherProblem(401, SIGNED_OUT)
      return current.access === stale.access ? this.#renew(current) : current
    }).finally(() => {
      this.#refreshing = undefined
    })
    await this.#refreshing
    // The user may have signed out, or in as another user, while the refresh ran.
    const current = this.#store.get()
    if (current === undefined) throw new UsherProblem(401, SIGNED_OUT)
    return current
  }

  async #renew(tokens: Tokens): Promise<Tokens> {
    for (const pause of [...REFRESH_PAUSES_MS, undefined]) {
      try {
        const signal = AbortSignal.timeout(REFRESH_PATIENCE_MS)
        const init = { ...jsonInit('POST', { refresh: tokens.refresh }), signal }
        const answer = await this.#transport.once('/api/auth/refresh', init)
        const renewed = tokensOf(await bodyOf(answer, isTokenPair))
        this.#replace(tokens, renewed)
        return renewed
      } catch (error) {
        const problem = error instanceof UsherProblem ? error : undefined
        // Only the API ends a session: an answer of a proxy in between says nothing about it.
        const over = problem?.code === 'invalid-refresh-token'
        if (over && this.#replace(tokens, undefined)) this.#onSignedOut()
        // An answer that was lost, or an outage: the same token gives the same answer for a while.
        if ((problem !== undefined && problem.status < 500) || pause === undefined) throw error
        await this.#transport.pause(pause)
      }
    }
    throw new TypeError('a refresh neither ended nor failed')
  }

  /** Puts a pair in the place of another, if that is still the one that is kept. */
  #replace(tokens: Tokens, next: Tokens | undefined): boolean {
    const isStill = this.#store.get()?.refresh === tokens.refresh
    if (isStill) this.#store.set(next)
    return isStill
  }
}

const SIGNED_OUT = { type: '/problems/invalid-token', title: 'Nobody is signed in' }

function bearer(access: string): Record<string, string> {
  return { Authorization: `Bearer ${access}` }
}

/** Across the tabs of an origin, where the platform has locks. */
function inLock<value>(work: () => Promise<value>): Promise<value> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks
  return locks === undefined ? work() : locks.request('usher-refresh', work)
}

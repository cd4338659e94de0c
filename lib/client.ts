import type * as z from 'zod/mini'
import type { collections } from './collections/index.ts'
import type { InputFault, ProblemCode } from './errors.ts'

/** What a token pair is to a client; `expiresAt` in epoch milliseconds of this device's clock. */
export interface Tokens {
  access: string
  refresh: string
  expiresAt: number
}

/** Where tokens are kept; tabs that share one share a session. */
export interface TokenStore {
  get(): Tokens | undefined
  set(tokens: Tokens | undefined): void
}

export interface ClientOptions {
  /** The API's origin; '' for the page's own. */
  url: string
  /**
   * How it signs in: with tokens that this program keeps (the default), with cookies that no script
   * reads (pages of the API's own origin), or with an API key.
   */
  credential?: { tokens: TokenStore } | 'cookies' | { apiKey: string }
  fetch?: typeof fetch
  /** Told when the session is over and somebody has to sign in again. */
  onSignedOut?: () => void
  /** The longest wait for `Retry-After`, in seconds; beyond it the problem is thrown. */
  longestWait?: number
}

type Registry = typeof collections
export type CollectionName = keyof Registry
type FieldsOf<name extends CollectionName> = z.output<
  z.ZodMiniObject<ReturnType<Registry[name]['fields']>>
>
/** An item of a collection. */
export type ItemOf<name extends CollectionName> = { id: string } & FieldsOf<name>
/** What a client may write of one: the server sets the rest. */
export type NewItemOf<name extends CollectionName> = { id?: string } & Omit<
  FieldsOf<name>,
  'owner' | 'createdAt'
>

/** `limit`, `sort`, `q`, `fields`, `count`, and the filters that the collection has. */
export type ListQuery = Record<string, string | number | boolean | undefined>

export interface PageOf<item> {
  data: item[]
  nextCursor: string | null
  count?: number
}

/** A failure that the API has named (RFC 9457). */
export class UsherProblem extends Error {
  override readonly name = 'UsherProblem'
  readonly status: number
  readonly code: ProblemCode
  readonly detail: string | undefined
  readonly errors: readonly InputFault[]
  readonly requestId: string | undefined

  constructor(status: number, body: Record<string, unknown>) {
    super(String(body['title'] ?? `The API answered ${status}`))
    this.status = status
    this.code = String(body['type'] ?? '').replace('/problems/', '') as ProblemCode
    this.detail = typeof body['detail'] === 'string' ? body['detail'] : undefined
    this.errors = Array.isArray(body['errors']) ? body['errors'] : []
    this.requestId = typeof body['requestId'] === 'string' ? body['requestId'] : undefined
  }
}

/** Tokens in this program's memory: gone with it. */
export function memoryStore(): TokenStore {
  let kept: Tokens | undefined
  return {
    get: () => kept,
    set: (tokens) => {
      kept = tokens
    },
  }
}

const MOST_TRIES = 4
/** A token with less than this left is renewed before it is used. */
const MARGIN_MS = 10_000
/** A refresh is repeated within the server's grace, in which it gives the same answer. */
const REFRESH_PAUSES_MS = [200, 800]
/** Three tries of this and the pauses between are shorter than that grace. */
const REFRESH_PATIENCE_MS = 2_500

/**
 * A client of Usher over `fetch` alone: in browsers, Node and at the edge.
 *
 * It renews an access token that is over, with one refresh at a time, across tabs too (Web Locks); it
 * waits out `Retry-After`, and repeats only what may be repeated: what was refused before it was
 * done, and what does nothing twice.
 */
export class UsherClient {
  readonly #options: ClientOptions
  readonly #store: TokenStore | undefined
  readonly #fetch: typeof fetch
  #refreshing: Promise<Tokens> | undefined

  constructor(options: ClientOptions) {
    const { credential = { tokens: memoryStore() } } = options
    this.#options = options
    this.#store =
      typeof credential === 'object' && 'tokens' in credential ? credential.tokens : undefined
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init))
  }

  /** @throws UsherProblem `invalid-credentials`, `quota-exceeded`. */
  async signIn(user: string, password: string): Promise<{ user: string; level: number }> {
    const path = this.#options.credential === 'cookies' ? 'login' : 'signin'
    const answer = await this.#send(`/api/auth/${path}`, jsonInit('POST', { user, password }), {})
    const body = await answer.json()
    this.#store?.set(tokensOf(body))
    return body.content
  }

  /** Ends the session; the tokens are forgotten whatever the API answers. */
  async signOut(): Promise<void> {
    const tokens = this.#store?.get()
    const body = tokens === undefined ? {} : { refresh: tokens.refresh }
    this.#store?.set(undefined)
    await this.#send('/api/auth/logout', jsonInit('POST', body), {})
  }

  async get<name extends CollectionName>(collection: name, id: string): Promise<ItemOf<name>> {
    return (await this.request(itemPath(collection, id))).json()
  }

  /** One page of a list. */
  async page<name extends CollectionName>(
    collection: name,
    query: ListQuery = {},
  ): Promise<PageOf<ItemOf<name>>> {
    const parameters = Object.entries(query).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)]],
    )
    const search = new URLSearchParams(parameters).toString()
    return (await this.request(`/api/${collection}${search === '' ? '' : `?${search}`}`)).json()
  }

  /** Every item of a list, page after page. */
  async *items<name extends CollectionName>(
    collection: name,
    query: ListQuery = {},
  ): AsyncGenerator<ItemOf<name>, void> {
    let cursor: string | null | undefined
    do {
      const page: PageOf<ItemOf<name>> = await this.page(collection, {
        ...query,
        ...(cursor === undefined || cursor === null ? {} : { cursor }),
      })
      yield* page.data
      cursor = page.nextCursor
    } while (cursor !== null)
  }

  /** Makes an item, once, also when the request has to be repeated. */
  async create<name extends CollectionName>(
    collection: name,
    item: NewItemOf<name>,
  ): Promise<ItemOf<name>> {
    const headers = { 'Idempotency-Key': crypto.randomUUID() }
    return (await this.request(`/api/${collection}`, jsonInit('POST', item, headers))).json()
  }

  async replace<name extends CollectionName>(
    collection: name,
    id: string,
    item: NewItemOf<name>,
  ): Promise<ItemOf<name>> {
    return (await this.request(itemPath(collection, id), jsonInit('PUT', item))).json()
  }

  /** Changes some fields; null takes one away. */
  async patch<name extends CollectionName>(
    collection: name,
    id: string,
    fields: { [field in keyof NewItemOf<name>]?: NewItemOf<name>[field] | null },
  ): Promise<ItemOf<name>> {
    return (await this.request(itemPath(collection, id), jsonInit('PATCH', fields))).json()
  }

  async delete(collection: CollectionName, id: string): Promise<void> {
    await this.request(itemPath(collection, id), { method: 'DELETE' })
  }

  /**
   * Any request, with the credential, a renewal where it is due, and the waiting.
   *
   * @throws UsherProblem for every answer of 400 and up; what `fetch` throws when there is none.
   */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const { credential } = this.#options
    if (this.#store === undefined) {
      const key = typeof credential === 'object' && 'apiKey' in credential ? credential.apiKey : ''
      if (key !== '') return this.#send(path, init, { 'X-API-Key': key })
      return this.#send(path, init, {}).catch((error: unknown) => {
        const over = error instanceof UsherProblem && SIGNED_OUT_CODES.has(error.code)
        if (over) this.#options.onSignedOut?.()
        throw error
      })
    }
    const tokens = this.#store.get()
    if (tokens === undefined) return this.#send(path, init, {})
    const due = tokens.expiresAt - Date.now() < MARGIN_MS
    const { access } = due ? await this.#refresh(tokens) : tokens
    try {
      return await this.#send(path, init, { Authorization: `Bearer ${access}` })
    } catch (error) {
      const over = error instanceof UsherProblem && error.code === 'invalid-token'
      if (!over || due) throw error
      const renewed = await this.#refresh(tokens)
      return this.#send(path, init, { Authorization: `Bearer ${renewed.access}` })
    }
  }

  /** One refresh at a time; whoever comes second takes what the first has got. */
  async #refresh(stale: Tokens): Promise<Tokens> {
    this.#refreshing ??= inLock(async () => {
      const current = this.#store?.get()
      if (current === undefined) throw new UsherProblem(401, SIGNED_OUT)
      return current.access === stale.access ? this.#renew(current) : current
    }).finally(() => {
      this.#refreshing = undefined
    })
    await this.#refreshing
    // Somebody may have signed out, or in as another, while it ran.
    const current = this.#store?.get()
    if (current === undefined) throw new UsherProblem(401, SIGNED_OUT)
    return current
  }

  async #renew(tokens: Tokens): Promise<Tokens> {
    const keep = (renewed: Tokens | undefined): boolean => {
      const isStill = this.#store?.get()?.refresh === tokens.refresh
      if (isStill) this.#store?.set(renewed)
      return isStill
    }
    for (const pause of [...REFRESH_PAUSES_MS, undefined]) {
      try {
        const signal = AbortSignal.timeout(REFRESH_PATIENCE_MS)
        const init = { ...jsonInit('POST', { refresh: tokens.refresh }), signal }
        const renewed = tokensOf(await (await this.#once('/api/auth/refresh', init, {})).json())
        keep(renewed)
        return renewed
      } catch (error) {
        const status = error instanceof UsherProblem ? error.status : undefined
        if (status === 401 && keep(undefined)) this.#options.onSignedOut?.()
        // An answer that was lost, or an outage: the same token gives the same answer for a while.
        if ((status !== undefined && status < 500) || pause === undefined) throw error
        await sleep(pause)
      }
    }
    throw new TypeError('a refresh neither ended nor failed')
  }

  async #send(
    path: string,
    init: RequestInit,
    credential: Record<string, string>,
  ): Promise<Response> {
    let doubtful = false
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(path, init, credential)
      } catch (error) {
        // What was answered 503 may have been done: then there is nothing left to delete.
        const isGone = error instanceof UsherProblem && error.status === 404
        if (doubtful && isGone && init.method === 'DELETE')
          return new Response(null, { status: 204 })
        if (!(error instanceof RetryLater) || tries >= MOST_TRIES) throw unwrap(error)
        const { seconds, problem } = error
        doubtful ||= problem.status === 503
        if (seconds > (this.#options.longestWait ?? 60)) throw problem
        if (problem.status === 503 && !isRepeatable(init)) throw problem
        await sleep(seconds * 1_000, init.signal)
      }
    }
  }

  async #once(
    path: string,
    init: RequestInit,
    credential: Record<string, string>,
  ): Promise<Response> {
    const { url } = this.#options
    const cookies = this.#options.credential === 'cookies'
    const headers = new Headers(init.headers)
    for (const [name, value] of Object.entries(credential)) headers.set(name, value)
    const response = await this.#fetch(`${url}${path}`, {
      credentials: cookies ? 'same-origin' : 'omit',
      ...init,
      headers,
    })
    if (response.ok || response.status === 304) return response
    const body = await response.json().catch(() => ({}))
    const problem = new UsherProblem(response.status, body)
    const after = Number(response.headers.get('retry-after') ?? Number.NaN)
    if (![429, 503].includes(response.status) || Number.isNaN(after)) throw problem
    throw path === '/api/auth/refresh' ? problem : new RetryLater(problem, after)
  }
}

class RetryLater extends Error {
  readonly problem: UsherProblem
  readonly seconds: number

  constructor(problem: UsherProblem, seconds: number) {
    super(problem.message)
    this.problem = problem
    this.seconds = seconds
  }
}

function unwrap(error: unknown): unknown {
  return error instanceof RetryLater ? error.problem : error
}

const SIGNED_OUT_CODES = new Set(['invalid-token', 'authentication-required'])
const SIGNED_OUT = { type: '/problems/invalid-token', title: 'Nobody is signed in' }

/** What may have been done before it was answered 503, and does nothing twice. */
function isRepeatable({ method = 'GET', headers }: RequestInit): boolean {
  const sent = new Headers(headers)
  if (method === 'GET' || method === 'HEAD' || sent.has('Idempotency-Key')) return true
  // A condition would be judged against what the first try has done.
  return ['PUT', 'DELETE'].includes(method) && !sent.has('If-Match') && !sent.has('If-None-Match')
}

function jsonInit(
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

function tokensOf(body: Record<string, unknown>): Tokens {
  return {
    access: String(body['JWT']),
    refresh: String(body['refresh']),
    expiresAt: Date.now() + Number(body['expiresIn']) * 1_000,
  }
}

function itemPath(collection: string, id: string): string {
  return `/api/${collection}/${encodeURIComponent(id)}`
}

/** Across the tabs of an origin, where the platform has locks. */
function inLock<value>(work: () => Promise<value>): Promise<value> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks
  return locks === undefined ? work() : locks.request('usher-refresh', work)
}

function sleep(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason)
    const timer = setTimeout(resolve, milliseconds)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}

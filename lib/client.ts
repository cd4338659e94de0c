import { bodyOf, isRecord, nothingOf, UsherProblem } from './client/answers.ts'
import type { CollectionName, ItemOf, NewItemOf } from './client/items.ts'
import type { Quota, Throttled } from './client/quota.ts'
import { Session } from './client/session.ts'
import {
  isSignedIn,
  isTokenPair,
  memoryStore,
  type SignedIn,
  type TokenStore,
  tokensOf,
} from './client/tokens.ts'
import { jsonInit, Transport } from './client/transport.ts'
import type {
  ActOf,
  ActResult,
  CallOptions,
  GraphAnswer,
  Included,
  Including,
  ListQuery,
  PageOf,
  PatchOf,
} from './client/types.ts'

export { SecondFactorRequired, UnexpectedAnswer, UsherProblem } from './client/answers.ts'
export type { CollectionName, ItemOf, NewItemOf, ReferencesOf } from './client/items.ts'
export type { Quota, Throttled } from './client/quota.ts'
export { memoryStore, type SignedIn, type TokenStore, type Tokens } from './client/tokens.ts'
export type {
  ActOf,
  ActResult,
  CallOptions,
  GraphAnswer,
  GraphFault,
  Included,
  Including,
  ListQuery,
  PageOf,
  PatchOf,
} from './client/types.ts'

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
  /** Told of every 429, before it waits or throws. */
  onThrottled?: (throttled: Throttled) => void
  /** Ends what this client does, its waits too, and all that comes after. */
  signal?: AbortSignal
}

/**
 * A client of Usher over `fetch` alone: in browsers, Node and at the edge.
 *
 * It renews an access token that is over, with one refresh at a time, across tabs too (Web Locks); it
 * waits for `Retry-After`, and repeats a request only if the first was refused before it was done, or if
 * doing it twice does no harm. An answer that is not the API's is a failure, and the tokens that are kept
 * stay as they are.
 */
export class UsherClient {
  readonly #transport: Transport
  readonly #credential: 'cookies' | { session: Session } | { apiKey: string }
  readonly #onSignedOut: () => void

  constructor(options: ClientOptions) {
    const { credential = { tokens: memoryStore() }, url } = options
    const { longestWait, signal, onThrottled } = options
    this.#onSignedOut = options.onSignedOut ?? (() => undefined)
    this.#transport = new Transport({
      url,
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      cookies: credential === 'cookies',
      longestWait,
      signal,
      onThrottled,
    })
    this.#credential =
      typeof credential === 'object' && 'tokens' in credential
        ? { session: new Session(credential.tokens, this.#transport, this.#onSignedOut) }
        : credential
  }

  /** What is left of the quotas, as the last answer said that counted one; empty before. */
  get lastQuota(): readonly Quota[] {
    return this.#transport.lastQuota
  }

  /**
   * @param code Of an authenticator app, or a recovery code, for an account with TOTP.
   * @throws SecondFactorRequired where the password is right and such a code is wanted; UsherProblem
   *   `invalid-credentials`, for a wrong code too, `quota-exceeded`.
   */
  async signIn(user: string, password: string, code?: string): Promise<SignedIn> {
    const path = this.#credential === 'cookies' ? 'login' : 'signin'
    const init = jsonInit('POST', { user, password, ...(code !== undefined && { code }) })
    const answer = await this.#transport.send(`/api/auth/${path}`, init)
    const session = this.#session
    if (session === undefined) return (await bodyOf(answer, isSignedIn)).content
    const body = await bodyOf(
      answer,
      (each): each is Parameters<typeof tokensOf>[0] & { content: SignedIn } =>
        isTokenPair(each) && isSignedIn(each),
    )
    session.keep(tokensOf(body))
    return body.content
  }

  /** Ends the session; the tokens are forgotten whatever the API answers. */
  async signOut(): Promise<void> {
    const tokens = this.#session?.tokens
    const body = tokens === undefined ? {} : { refresh: tokens.refresh }
    this.#session?.keep(undefined)
    nothingOf(await this.#transport.send('/api/auth/logout', jsonInit('POST', body)))
  }

  /** An item, with those that it refers to where `include` names the fields. */
  async get<name extends CollectionName>(
    collection: name,
    id: string,
    { include, ...call }: CallOptions & Including<name> = {},
  ): Promise<ItemOf<name> & Included<name>> {
    const path = `${itemPath(collection, id)}${searchOf({ include })}`
    return bodyOf(await this.request(path, call), isItem<name>)
  }

  /** One page of a list. */
  async page<name extends CollectionName>(
    collection: name,
    query: ListQuery & Including<name> = {},
    call: CallOptions = {},
  ): Promise<PageOf<ItemOf<name>> & Included<name>> {
    const path = `/api/${collection}${searchOf(query)}`
    return bodyOf(await this.request(path, call), isPage<name>)
  }

  /** Every item of a list, page after page. */
  async *items<name extends CollectionName>(
    collection: name,
    query: ListQuery = {},
    call: CallOptions = {},
  ): AsyncGenerator<ItemOf<name>, void> {
    let cursor: string | null | undefined
    do {
      const place = cursor === undefined || cursor === null ? {} : { cursor }
      const page: PageOf<ItemOf<name>> = await this.page(collection, { ...query, ...place }, call)
      yield* page.data
      cursor = page.nextCursor
    } while (cursor !== null)
  }

  /** Makes an item, once, also when the request has to be repeated; of nobody it is not repeated. */
  async create<name extends CollectionName>(
    collection: name,
    item: NewItemOf<name>,
    call: CallOptions = {},
  ): Promise<ItemOf<name>> {
    // Without a caller there is nobody to remember it of.
    const isNobody = this.#session !== undefined && this.#session.tokens === undefined
    const once = isNobody ? undefined : { 'Idempotency-Key': crypto.randomUUID() }
    const init = jsonInit('POST', item, once)
    return bodyOf(await this.request(`/api/${collection}`, { ...init, ...call }), isItem<name>)
  }

  async replace<name extends CollectionName>(
    collection: name,
    id: string,
    item: NewItemOf<name>,
    call: CallOptions = {},
  ): Promise<ItemOf<name>> {
    const init = { ...jsonInit('PUT', item), ...call }
    return bodyOf(await this.request(itemPath(collection, id), init), isItem<name>)
  }

  /** Changes some fields; null takes one away. */
  async patch<name extends CollectionName>(
    collection: name,
    id: string,
    fields: PatchOf<name>,
    call: CallOptions = {},
  ): Promise<ItemOf<name>> {
    const init = { ...jsonInit('PATCH', fields), ...call }
    return bodyOf(await this.request(itemPath(collection, id), init), isItem<name>)
  }

  async delete(collection: CollectionName, id: string, call: CallOptions = {}): Promise<void> {
    nothingOf(await this.request(itemPath(collection, id), { method: 'DELETE', ...call }))
  }

  /**
   * Makes up to a hundred changes, each by itself, and tells what became of each in their order. It is not sent again when
   * it may have been done.
   */
  async batch<name extends CollectionName>(
    collection: name,
    acts: readonly ActOf<name>[],
    call: CallOptions = {},
  ): Promise<ActResult<ItemOf<name>>[]> {
    const init = { ...jsonInit('POST', { acts }), ...call }
    const { results } = await bodyOf(
      await this.request(`/api/${collection}:batch`, init),
      areResults<name>,
    )
    return results.map(({ status, item, problem }) => ({
      status,
      ...(item === undefined ? {} : { item }),
      ...(problem === undefined ? {} : { problem: new UsherProblem(status, problem) }),
    }))
  }

  /**
   * Asks for several things at once, or for what is around an item (GraphQL).
   *
   * @returns Also where a part of it failed: `errors` say which and why.
   * @throws UsherProblem for a query that costs too much (422), and as {@link request}.
   */
  async graphql<data = Record<string, unknown>>(
    document: string,
    variables: Record<string, unknown> = {},
    call: CallOptions = {},
  ): Promise<GraphAnswer<data>> {
    const init = { ...jsonInit('POST', { query: document, variables }), ...call }
    return bodyOf(await this.request('/api/graphql', init), isGraphAnswer<data>)
  }

  /**
   * Any request, with the credential, a renewal where it is due, and the waiting.
   *
   * @throws UsherProblem for every answer of 400 and up; what `fetch` throws when there is none.
   */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const credential = this.#credential
    if (credential === 'cookies') {
      return this.#transport.send(path, init).catch((error: unknown) => {
        if (error instanceof UsherProblem && isSignedOut(error)) this.#onSignedOut()
        throw error
      })
    }
    return 'session' in credential
      ? credential.session.send(path, init)
      : this.#transport.send(path, init, { 'X-API-Key': credential.apiKey })
  }

  get #session(): Session | undefined {
    const credential = this.#credential
    return typeof credential === 'object' && 'session' in credential
      ? credential.session
      : undefined
  }
}

function isSignedOut({ code }: UsherProblem): boolean {
  return code === 'invalid-token' || code === 'authentication-required'
}

function isItem<name extends CollectionName>(body: unknown): body is ItemOf<name> {
  return isRecord(body) && typeof body['id'] === 'string'
}

function isPage<name extends CollectionName>(body: unknown): body is PageOf<ItemOf<name>> {
  if (!isRecord(body)) return false
  const { data, nextCursor } = body
  return (
    Array.isArray(data) &&
    data.every(isItem<name>) &&
    (nextCursor === null || typeof nextCursor === 'string')
  )
}

interface Results<item> {
  results: { status: number; item?: item; problem?: unknown }[]
}

function areResults<name extends CollectionName>(body: unknown): body is Results<ItemOf<name>> {
  const results = isRecord(body) ? body['results'] : undefined
  return (
    Array.isArray(results) &&
    results.every((each) => isRecord(each) && typeof each['status'] === 'number')
  )
}

/** A query, with a `?` in front of it where there is one. */
function searchOf(query: ListQuery): string {
  const parameters = Object.entries(query).flatMap(([name, value]) => {
    const values = [value ?? []].flat()
    // Values of a filter stand apart, and names in one text.
    const texts = name === 'include' && values.length > 0 ? [values.join(',')] : values
    return texts.map((text) => [name, String(text)])
  })
  const search = new URLSearchParams(parameters).toString()
  return search === '' ? '' : `?${search}`
}

function isGraphAnswer<data>(body: unknown): body is GraphAnswer<data> {
  return isRecord(body) && (isRecord(body['data']) || Array.isArray(body['errors']))
}

function itemPath(collection: string, id: string): string {
  return `/api/${collection}/${encodeURIComponent(id)}`
}

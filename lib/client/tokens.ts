import { isRecord } from './answers.ts'

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

/** Who has signed in. */
export interface SignedIn {
  user: string
  level: number
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

/** A token pair as the API sends it. */
interface TokenPair {
  JWT: string
  refresh: string
  expiresIn: number
}

/**
 * Whether an answer holds a whole token pair. Half a pair in the place of a good one would sign the user
 * out.
 *
 * @see [RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749.html#section-5.1)
 */
export function isTokenPair(body: unknown): body is TokenPair {
  if (!isRecord(body)) return false
  const { JWT, refresh, expiresIn } = body
  return isText(JWT) && isText(refresh) && Number.isFinite(expiresIn)
}

/** What is kept of a token pair. */
export function tokensOf({ JWT, refresh, expiresIn }: TokenPair): Tokens {
  return { access: JWT, refresh, expiresAt: Date.now() + expiresIn * 1_000 }
}

/** Whether an answer says who has signed in. */
export function isSignedIn(body: unknown): body is { content: SignedIn } {
  const content = isRecord(body) ? body['content'] : undefined
  return isRecord(content) && isText(content['user']) && Number.isFinite(content['level'])
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

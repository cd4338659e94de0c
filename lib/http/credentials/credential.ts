import type { KeyEnvironment, PresentedKey } from '../../auth/api-keys/api-key.ts'
import type { TokenResponse } from '../../auth/tokens/token-response.ts'
import type {
  AccessClaims,
  AccessTokens,
  RefreshClaims,
  RefreshTokens,
} from '../../auth/tokens/tokens.ts'

/** The token pair in a browser's cookies. */
export interface Cookies {
  /** What the request carries; undefined when it has neither. */
  read(headers: Headers): { access?: string | undefined; refresh?: string | undefined } | undefined
  /** The `Set-Cookie` values of a pair; each cookie goes when its token does. */
  issue(tokens: TokenResponse): string[]
  /** The `Set-Cookie` values that remove both. */
  clear(): string[]
}

/** What checks credentials. */
export interface Verifiers {
  accessTokens: AccessTokens
  refreshTokens: RefreshTokens
  cookies: Cookies
  keyEnvironment: KeyEnvironment
}

/** The outcome of checking a credential; no I/O, so liveness is not known yet. */
export type Authentication =
  | { status: 'none' }
  | { status: 'two' }
  | { status: 'valid'; claims: AccessClaims; by: 'bearer' | 'cookies' }
  /** The access cookie is over and the refresh cookie is signed: the endpoint can renew both. */
  | { status: 'renewable'; claims: RefreshClaims; by: 'cookies' }
  /** Well-formed; whether there is such a key is the store's to say. */
  | { status: 'key'; key: PresentedKey }
  | { status: 'invalid'; reason: string }

/** A credential as a request carries it. */
export interface Presented {
  /** The tokens as sent, unverified: logging out judges them by itself. */
  tokens: { access?: string | undefined; refresh?: string | undefined; by?: 'cookies' }
  /** Checks signature, claims and form. */
  check(nowMs: number): Promise<Authentication>
}

/**
 * One kind of credential: finds it in a request's header fields.
 *
 * @returns Undefined when the request carries none of this kind.
 */
export type CredentialKind = (headers: Headers, verifiers: Verifiers) => Presented | undefined

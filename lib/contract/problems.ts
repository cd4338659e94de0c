/**
 * The problem catalogue: every failure a client can be told about, in one table.
 *
 * The key is the slug; `type` on the wire is `/problems/<slug>`, a page made from the same row.
 * Adding a row here is the only way to add an error to the API.
 *
 * @see [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457.html) Problem Details for HTTP APIs
 */
interface Problem {
  status: number
  title: string
  /** What the reader of its page should do. */
  remedy: string
  /** Sent as `WWW-Authenticate` (RFC 6750 §3); required for every 401. */
  challenge?: string
}

const BEARER = 'Bearer realm="usher"'

/**
 * The challenge of an operation that wants a fresh sign-in.
 *
 * @see [RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470.html#section-3)
 */
export function freshChallenge(maxAgeSeconds: number): string {
  return `${BEARER}, error="insufficient_user_authentication", max_age=${maxAgeSeconds}`
}

export const PROBLEMS = {
  'invalid-request': {
    status: 400,
    title: 'The request is malformed',
    remedy:
      'Send a JSON body, a correctly percent-encoded path and one credential at a time. The detail member names the fault.',
  },
  'oauth-failed': {
    status: 400,
    title: 'The sign-in with the provider failed',
    remedy:
      'Begin the sign-in anew. The detail member says what the provider refused, or what did not hold.',
  },
  'authentication-required': {
    status: 401,
    title: 'This operation needs a credential',
    remedy: 'Sign in at POST /api/auth/signin and send the JWT as Authorization: Bearer <JWT>.',
    challenge: BEARER,
  },
  'invalid-token': {
    status: 401,
    title: 'The credential is invalid, expired or revoked',
    remedy: 'Exchange your refresh token at POST /api/auth/refresh, or sign in again.',
    challenge: `${BEARER}, error="invalid_token"`,
  },
  'invalid-credentials': {
    status: 401,
    title: 'The user or the password is wrong',
    remedy: 'Check the address and the password. The answer is the same for an unknown user.',
    challenge: BEARER,
  },
  'second-factor-required': {
    status: 401,
    title: 'The account wants a code besides the password',
    remedy: 'Send the same again with code: of your authenticator app, or a recovery code.',
    challenge: BEARER,
  },
  'fresh-signin-required': {
    status: 401,
    title: 'This needs a sign-in of a moment ago',
    remedy: 'Prove who you are at POST /api/auth/fresh, or send your password as current.',
    challenge: freshChallenge(900),
  },
  'invalid-refresh-token': {
    status: 401,
    title: 'The refresh token is unknown, expired, revoked or was used before',
    remedy: 'Sign in again. A refresh token works once; use the one from the newest answer.',
    challenge: `${BEARER}, error="invalid_token"`,
  },
  'insufficient-scope': {
    status: 403,
    title: 'The credential does not reach this far',
    remedy:
      'Use an account with a higher level, or an API key with the scope: the detail member names it.',
  },
  'csrf-failed': {
    status: 403,
    title: 'The request comes from another site',
    remedy: 'Call from pages of the same origin, or use a Bearer token instead of cookies.',
  },
  blocked: {
    status: 403,
    title: 'This caller is kept out',
    remedy: 'Ask the operator of this API: an admin keeps out your address, account or API key.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    remedy: 'Check the path. What you may not see answers the same as what does not exist.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The path does not take this method',
    remedy: 'Use one of the methods in the Allow header.',
  },
  conflict: {
    status: 409,
    title: 'The request conflicts with what is stored',
    remedy: 'Read the current state and try again.',
  },
  'precondition-failed': {
    status: 412,
    title: 'A precondition of the request does not hold',
    remedy: 'Read the current version and send its ETag in If-Match.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is larger than 64 KiB',
    remedy: 'Send less than 65,537 bytes.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not JSON, or is encoded',
    remedy:
      'Send Content-Type: application/json, and no Content-Encoding: bodies are not compressed.',
  },
  'validation-error': {
    status: 422,
    title: 'The request has values that are not allowed',
    remedy: 'The errors member names each place (a JSON pointer) and what would be right there.',
  },
  'quota-exceeded': {
    status: 429,
    title: 'Too many requests',
    remedy:
      'Wait for the seconds in Retry-After. The detail member names the quota that is used up.',
  },
  'header-too-large': {
    status: 431,
    title: 'The header section is larger than 16 KiB',
    remedy:
      'Send 16 KiB of request line and header fields at most: fewer cookies, a shorter query.',
  },
  'internal-error': {
    status: 500,
    title: 'The server made a mistake',
    remedy: 'Report the requestId to the operator; the log has the reason under it.',
  },
  'service-unavailable': {
    status: 503,
    title: 'The service cannot answer now',
    remedy: 'Try again after the seconds in Retry-After.',
  },
} as const satisfies Record<string, Problem>

export type ProblemCode = keyof typeof PROBLEMS

/** What any operation that needs a credential may fail with once the store has been asked. */
export type AccessCode = 'invalid-token' | 'insufficient-scope'

/** One fault in the input: where (an RFC 6901 JSON pointer as a URI fragment) and what. */
export interface InputFault {
  pointer: string
  message: string
}

/** What a failure may add to its row: none of it may hold a secret or an internal message. */
export interface ProblemExtras {
  detail?: string
  errors?: readonly InputFault[]
  retryAfterSeconds?: number
  headers?: Readonly<Record<string, string>>
}

export interface Failure<code extends ProblemCode = ProblemCode> extends ProblemExtras {
  ok: false
  /** What the client is told. */
  code: code
  /** What actually happened; logged, never sent. */
  reason: string
}

/** A failure as clients are told of it (RFC 9457 §3). */
export interface ProblemDocument {
  type: string
  title: string
  status: number
  detail?: string
  instance: string
  requestId: string
  errors?: readonly InputFault[]
}

/** Status and headers of an outcome, besides its value. */
export interface SuccessExtras {
  /** If it is not the status of the operation's row. */
  status?: number
  headers?: Readonly<Record<string, string>>
}

export interface Success<value> extends SuccessExtras {
  ok: true
  value: value
}

/** An outcome the caller must handle. Defects and outages are thrown instead. */
export type Result<value, code extends ProblemCode = never> = Success<value> | Failure<code>

/** Wraps the value of a use case that went well. */
export function ok<value>(value: value, extras: SuccessExtras = {}): Success<value> {
  return { ok: true, value, ...extras }
}

/**
 * Builds a failure that the endpoint turns into a problem document.
 *
 * @param code A row of the catalogue; the operation's row must list it.
 * @param reason For the log alone. No secret, no address.
 */
export function fail<code extends ProblemCode>(
  code: code,
  reason: string,
  extras: ProblemExtras = {},
): Failure<code> {
  return { ok: false, code, reason, ...extras }
}

/**
 * The store did not answer in time, refused, or answered what it should not. Thrown, because no use
 * case can go on without the store; the edge answers 503 `service-unavailable`.
 *
 * The message is written here, and never taken from the Upstash client: its error texts have whole
 * commands with their values.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

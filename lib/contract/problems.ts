/**
 * The problem catalogue: every failure a client can be told about, in one table.
 *
 * The key is the slug; `type` on the wire is `/problems/<slug>`, a page made from the same row.
 * Adding a row here is the only way to add an error to the API; what its page advises is in
 * `texts.ts`, which the functions that answer do not carry.
 *
 * @see [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457.html) Problem Details for HTTP APIs
 */
interface Problem {
  status: number
  title: string
  /** Sent as `WWW-Authenticate` (RFC 6750 §3); required for every 401. */
  challenge?: string
}

const BEARER = 'Bearer realm="usher"'

export const PROBLEMS = {
  'invalid-request': {
    status: 400,
    title: 'The request is malformed',
  },
  'authentication-required': {
    status: 401,
    title: 'This operation needs a credential',
    challenge: BEARER,
  },
  'invalid-token': {
    status: 401,
    title: 'The credential is invalid, expired or revoked',
    challenge: `${BEARER}, error="invalid_token"`,
  },
  'invalid-credentials': {
    status: 401,
    title: 'The user or the password is wrong',
    challenge: BEARER,
  },
  'invalid-refresh-token': {
    status: 401,
    title: 'The refresh token is unknown, expired, revoked or was used before',
    challenge: `${BEARER}, error="invalid_token"`,
  },
  'insufficient-scope': {
    status: 403,
    title: 'The credential does not reach this far',
  },
  'csrf-failed': {
    status: 403,
    title: 'The request comes from another site',
  },
  blocked: {
    status: 403,
    title: 'This caller is kept out',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The path does not take this method',
  },
  conflict: {
    status: 409,
    title: 'The request conflicts with what is stored',
  },
  'precondition-failed': {
    status: 412,
    title: 'A precondition of the request does not hold',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is larger than 64 KiB',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not JSON, or is encoded',
  },
  'validation-error': {
    status: 422,
    title: 'The request has values that are not allowed',
  },
  'quota-exceeded': {
    status: 429,
    title: 'Too many requests',
  },
  'header-too-large': {
    status: 431,
    title: 'The header section is larger than 16 KiB',
  },
  'internal-error': {
    status: 500,
    title: 'The server made a mistake',
  },
  'service-unavailable': {
    status: 503,
    title: 'The service cannot answer now',
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

/** What an outcome says besides its value. */
export interface SuccessExtras {
  /** Where it is not the operation's own. */
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
 * The message is one of our own words: the Upstash client puts whole commands, values included,
 * into its error texts.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

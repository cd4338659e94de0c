import { CompactSign } from 'jose'
import { remember } from '../../bounded-map.ts'
import { fail, ok, type Result } from '../../contract/problems.ts'
import { DEFAULT_PLAN } from '../../store/rules.ts'
import { type Keyring, verifyCompact } from './jws.ts'

/** What an access token says (RFC 9068 §2.2); times in seconds. */
export interface AccessClaims {
  /** The account's opaque id. */
  sub: string
  /** The account's address. */
  user: string
  sid: string
  level: number
  /** The name of the account's plan, as it was when the token was made. */
  plan: string
  iat: number
  exp: number
  jti: string
}

/** What a refresh token says: the session, and which rotation of it this is. */
export interface RefreshClaims {
  /** The account's opaque id; its address in a token from before accounts had ids. */
  sub: string
  /** The account's address. */
  user: string
  sid: string
  seq: number
  /** Seconds, by the store's clock. */
  iat: number
  /** Seconds; judged at rotation, by the store's clock. */
  exp: number
}

/**
 * Clocks of isolates and of the store differ by a second or two: every end, and every beginning, of a
 * token is judged with so much tolerance, by whichever clock.
 */
export const CLOCK_TOLERANCE_SECONDS = 5

interface Codec {
  keys: () => Promise<Keyring>
  /** `iss` and `aud`. */
  origin: string
}

/**
 * Access tokens: `typ: at+jwt`, short-lived, judged by this isolate's clock. Whether the session
 * behind one still lives is the store's to say.
 */
export interface AccessTokens {
  issue(claims: AccessClaims): Promise<string>
  /**
   * @param expired Take a token whose time is over, or that is from before accounts had ids, to end its
   *   session.
   */
  verify(
    token: string,
    nowMs: number,
    options?: { expired: 'accept' },
  ): Promise<Result<AccessClaims, 'invalid-token'>>
}

/**
 * Refresh tokens: `typ: rt+jwt`, deterministic: the same counter gives the same bytes, so that the
 * store keeps a number and no token. Their time is judged by the store's clock, at rotation.
 */
export interface RefreshTokens {
  issue(claims: RefreshClaims): Promise<string>
  verify(token: string): Promise<Result<RefreshClaims, 'invalid-refresh-token'>>
}

/** Some 2 MB of tokens. */
const MOST_VERIFIED = 1_000

/**
 * Makes the codec of access tokens (RFC 9068). It keeps the claims of tokens that it has verified, and
 * judges only their time again: a signature stays good.
 */
export function createAccessTokens({ keys, origin }: Codec): AccessTokens {
  const typ = 'at+jwt'
  const verified = new Map<string, AccessClaims>()
  const claimsOf = async (token: string): Promise<Result<AccessClaims, 'invalid-token'>> => {
    const kept = verified.get(token)
    if (kept !== undefined) return ok(kept)
    const payload = await verify(await keys(), typ, origin, token)
    if (payload === undefined) return fail('invalid-token', 'signature or form')
    // A token from before accounts had ids has the address in `sub` alone.
    // One from before accounts had plans says none: until it ends it counts by the default.
    const { sub, user = sub, sid, level, plan = DEFAULT_PLAN, iat, exp, jti } = payload
    if (!(isId(sub) && isId(user) && isId(sid) && isId(jti))) return fail('invalid-token', 'claims')
    if (!isId(plan)) return fail('invalid-token', 'claims')
    if (!(isCount(level) && isCount(iat) && isCount(exp))) return fail('invalid-token', 'claims')
    const claims = { sub, user, sid, level, plan, iat, exp, jti }
    remember(verified, token, claims, MOST_VERIFIED)
    return ok(claims)
  }
  return {
    issue: async ({ sub, user, sid, level, plan, iat, exp, jti }) => {
      const claims = { iss: origin, aud: origin, sub, user, sid, level, plan, iat, exp, jti }
      return sign(await keys(), typ, claims)
    },

    verify: async (token, nowMs, options) => {
      const claims = await claimsOf(token)
      if (!claims.ok) return claims
      const { sub, user, iat, exp } = claims.value
      if (sub === user && options?.expired !== 'accept') return fail('invalid-token', 'no id')
      const now = nowMs / 1_000
      if (iat > now + CLOCK_TOLERANCE_SECONDS) return fail('invalid-token', 'issued in the future')
      if (exp <= now - CLOCK_TOLERANCE_SECONDS && options?.expired !== 'accept') {
        return fail('invalid-token', 'expired')
      }
      return claims
    },
  }
}

/** Makes the codec of refresh tokens. */
export function createRefreshTokens({ keys, origin }: Codec): RefreshTokens {
  const typ = 'rt+jwt'
  return {
    issue: async ({ sub, user, sid, seq, iat, exp }) =>
      sign(await keys(), typ, { iss: origin, aud: origin, sub, user, sid, seq, iat, exp }),

    verify: async (token) => {
      const payload = await verify(await keys(), typ, origin, token)
      if (payload === undefined) return fail('invalid-refresh-token', 'signature or form')
      // A token from before accounts had ids has the address in `sub` alone.
      const { sub, user = sub, sid, seq, iat, exp } = payload
      if (!(isId(sub) && isId(user) && isId(sid) && isCount(seq) && isCount(iat) && isCount(exp))) {
        return fail('invalid-refresh-token', 'claims')
      }
      return ok({ sub, user, sid, seq, iat, exp })
    },
  }
}

/** Members keep the order they are given in: HS256 is then byte-stable. */
async function sign(keys: Keyring, typ: string, claims: object): Promise<string> {
  const [{ kid, alg, sign: key }] = keys
  const payload = new TextEncoder().encode(JSON.stringify(claims))
  return new CompactSign(payload).setProtectedHeader({ alg, typ, kid }).sign(key)
}

/**
 * Verifies a token's form, algorithm, signature, type, issuer and audience; times are the caller's.
 *
 * @see [RFC 8725 §3](https://www.rfc-editor.org/rfc/rfc8725.html#section-3) JWT Best Current Practices
 */
async function verify(
  keys: Keyring,
  typ: string,
  origin: string,
  token: string,
): Promise<Record<string, unknown> | undefined> {
  const verified = await verifyCompact(token, keys)
  if (verified?.header.typ !== typ) return undefined
  const claims = parseClaims(verified.payload)
  // RFC 7519 lets `aud` be a list; ours is one string. Nothing we issue has an `nbf`.
  const ours = claims?.['iss'] === origin && claims['aud'] === origin && !('nbf' in claims)
  return ours ? claims : undefined
}

function parseClaims(payload: Uint8Array): Record<string, unknown> | undefined {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    return typeof claims === 'object' && claims !== null ? { ...claims } : undefined
  } catch {
    return undefined
  }
}

const LONGEST_ID = 512

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_ID
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

import { decodeProtectedHeader, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { fail, ok, type Result } from '../errors.ts'
import { isCanonicalCompact, type Keyring } from './jws.ts'

/** What an access token says (RFC 9068 §2.2); times in seconds. */
export interface AccessClaims {
  sub: string
  sid: string
  level: number
  iat: number
  exp: number
  jti: string
}

/** What a refresh token says: the session, and which rotation of it this is. */
export interface RefreshClaims {
  sub: string
  sid: string
  seq: number
  /** Seconds; judged at rotation, by the store's clock. */
  exp: number
}

/** Clocks of isolates differ a little; 60 s is the most that DESIGN allows, 5 s is enough. */
const CLOCK_TOLERANCE_SECONDS = 5

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
  /** @param expired Take a token whose time is over, to end its session. */
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
  issue(claims: RefreshClaims & { iat: number }): Promise<string>
  verify(token: string): Promise<Result<RefreshClaims, 'invalid-refresh-token'>>
}

export function createAccessTokens({ keys, origin }: Codec): AccessTokens {
  const typ = 'at+jwt'
  return {
    issue: async ({ sub, sid, level, iat, exp, jti }) =>
      sign(await keys(), typ, { iss: origin, aud: origin, sub, sid, level, iat, exp, jti }),

    verify: async (token, nowMs, options) => {
      const payload = await verify(await keys(), typ, origin, token)
      if (payload === undefined) return fail('invalid-token', 'signature or form')
      const { sub, sid, level, iat, exp, jti } = payload
      if (
        !(isId(sub) && isId(sid) && isCount(level) && isCount(iat) && isCount(exp) && isId(jti))
      ) {
        return fail('invalid-token', 'claims')
      }
      const now = nowMs / 1_000
      if (iat > now + CLOCK_TOLERANCE_SECONDS) return fail('invalid-token', 'issued in the future')
      if (exp <= now - CLOCK_TOLERANCE_SECONDS && options?.expired !== 'accept') {
        return fail('invalid-token', 'expired')
      }
      return ok({ sub, sid, level, iat, exp, jti })
    },
  }
}

export function createRefreshTokens({ keys, origin }: Codec): RefreshTokens {
  const typ = 'rt+jwt'
  return {
    issue: async ({ sub, sid, seq, iat, exp }) =>
      sign(await keys(), typ, { iss: origin, aud: origin, sub, sid, seq, iat, exp }),

    verify: async (token) => {
      const payload = await verify(await keys(), typ, origin, token)
      if (payload === undefined) return fail('invalid-refresh-token', 'signature or form')
      const { sub, sid, seq, iat, exp } = payload
      if (!(isId(sub) && isId(sid) && isCount(seq) && isCount(iat) && isCount(exp))) {
        return fail('invalid-refresh-token', 'claims')
      }
      return ok({ sub, sid, seq, exp })
    },
  }
}

/** Members keep the order they are given in: HS256 is then byte-stable. */
async function sign(keys: Keyring, typ: string, claims: JWTPayload): Promise<string> {
  const [{ kid, key }] = keys
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ, kid }).sign(key)
}

/**
 * Verifies a token's form, algorithm, type, signature, issuer and audience; times are the caller's.
 *
 * @see [RFC 8725 §3](https://www.rfc-editor.org/rfc/rfc8725.html#section-3) JWT Best Current Practices
 */
async function verify(
  keys: Keyring,
  typ: string,
  origin: string,
  token: string,
): Promise<JWTPayload | undefined> {
  if (!isCanonicalCompact(token)) return undefined
  const candidates = candidateKeys(keys, token)
  for (const { key } of candidates) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        typ,
        issuer: origin,
        audience: origin,
        requiredClaims: ['iss', 'aud', 'sub', 'sid', 'iat', 'exp'],
        // jose judges `exp` itself: as of the epoch it refuses none, and the caller decides.
        currentDate: new Date(0),
      })
      // RFC 7519 lets `aud` be a list; ours is one string.
      return payload.aud === origin ? payload : undefined
    } catch {
      // The next key may be the right one; when none is, the answer is no.
    }
  }
  return undefined
}

/** The key that the token names, or all when it names none. */
function candidateKeys(keys: Keyring, token: string): readonly { key: CryptoKey }[] {
  let kid: unknown
  try {
    kid = decodeProtectedHeader(token).kid
  } catch {
    return []
  }
  return kid === undefined ? keys : keys.filter((candidate) => candidate.kid === kid)
}

const LONGEST_ID = 512

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_ID
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

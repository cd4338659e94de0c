import {
  base64url,
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  importJWK,
  type JWK,
} from 'jose'

/** HMAC with a shared secret, or a signature that anyone can verify (RFC 7518 §3.1, RFC 8037). */
export type SignatureAlgorithm = 'HS256' | 'ES256' | 'EdDSA'

/** A key that verifies tokens of one algorithm, with the id that they name in `kid`. */
export interface VerificationKey {
  kid: string
  alg: SignatureAlgorithm
  key: CryptoKey
  /** What others verify with; a secret has none. */
  publicJwk?: JWK
}

export interface SigningKey extends VerificationKey {
  sign: CryptoKey
}

/** The first key signs; all verify, so that a changed key or secret signs nobody out. */
export type Keyring = readonly [SigningKey, ...VerificationKey[]]

/**
 * Imports the keys of a kind of token, once. The `kid` of a key that names none is its JWK
 * thumbprint (RFC 7638).
 *
 * @param secrets UTF-8 text of 32 bytes at least, the current one first.
 * @param signingKey A private JWK that signs in their place; they go on verifying.
 * @param previousKeys Public or private JWKs that signed before, and verify.
 */
export async function importKeyring(
  secrets: readonly [string, ...string[]],
  signingKey?: JWK,
  previousKeys: readonly JWK[] = [],
): Promise<Keyring> {
  const [current, ...previous] = secrets
  const first = await importSecret(current)
  const rest = await Promise.all([...previousKeys.map(importPublic), ...previous.map(importSecret)])
  if (signingKey === undefined) return [first, ...rest]
  return [await importPrivate(signingKey), first, ...rest]
}

async function importSecret(secret: string): Promise<SigningKey> {
  const bytes = new TextEncoder().encode(secret)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify'])
  const kid = await calculateJwkThumbprint({ kty: 'oct', k: base64url.encode(bytes) })
  return { kid, alg: 'HS256', key, sign: key }
}

async function importPrivate(jwk: JWK): Promise<SigningKey> {
  const verification = await importPublic(jwk)
  const sign = await importJWK(jwk, verification.alg)
  if (sign instanceof Uint8Array) throw new TypeError('signing key')
  return { ...verification, sign }
}

/** The public part of a JWK, as it verifies and as it is published. */
async function importPublic(jwk: JWK): Promise<VerificationKey> {
  // Copies the public members by name: a private JWK may have secret members that we do not know.
  const { kty = '', crv = '', x = '', y, kid: named } = jwk
  const open: JWK = {
    kty,
    crv,
    x,
    ...(y === undefined ? {} : { y }),
    ...(named === undefined ? {} : { kid: named }),
  }
  const verification = await importVerificationKey(open)
  if (verification === undefined) throw new TypeError('signing key')
  const { kid, alg } = verification
  return { ...verification, publicJwk: { ...open, kid, alg, use: 'sig' } }
}

/** Whether a JWK has a public part that verifies: a point on its curve. */
export async function verifies(jwk: JWK): Promise<boolean> {
  return importPublic(jwk).then(
    () => true,
    () => false,
  )
}

/** Whether a private JWK signs what its own public part verifies. */
export async function provesItself(jwk: JWK): Promise<boolean> {
  try {
    const { sign, ...open } = await importPrivate(jwk)
    const payload = new TextEncoder().encode('probe')
    const header = { alg: open.alg, kid: open.kid }
    const token = await new CompactSign(payload).setProtectedHeader(header).sign(sign)
    return (await verifyCompact(token, [open])) !== undefined
  } catch {
    return false
  }
}

/** The algorithm that a JWK is for; undefined for any that Usher does not use. */
export function algorithmOf({ kty, crv, alg }: JWK): SignatureAlgorithm | undefined {
  const own =
    kty === 'oct' ? 'HS256' : crv === 'P-256' ? 'ES256' : crv === 'Ed25519' ? 'EdDSA' : undefined
  return alg === undefined || alg === own ? own : undefined
}

/**
 * Imports a JWK that verifies. Undefined when it is for another algorithm or another use: a key
 * that says it encrypts, or only signs, verifies nothing (RFC 7517 §4.2, §4.3).
 */
export async function importVerificationKey(jwk: JWK): Promise<VerificationKey | undefined> {
  const alg = algorithmOf(jwk)
  const usable = (jwk.use ?? 'sig') === 'sig' && (jwk.key_ops?.includes('verify') ?? true)
  if (alg === undefined || !usable) return undefined
  const imported = await importJWK(jwk, alg)
  const key =
    imported instanceof Uint8Array
      ? await crypto.subtle.importKey(
          'raw',
          Uint8Array.from(imported),
          { name: 'HMAC', hash: 'SHA-256' },
          false,
          ['verify'],
        )
      : imported
  return { kid: jwk.kid ?? (await calculateJwkThumbprint(jwk)), alg, key }
}

/**
 * Verifies a compact JWS: its one canonical spelling, an algorithm that the key is for, no critical
 * extension, and the signature.
 *
 * @returns Header and payload, or undefined.
 *
 * @see [RFC 7515 §5.2](https://www.rfc-editor.org/rfc/rfc7515.html#section-5.2), RFC 8725 §3.1
 */
export async function verifyCompact(
  token: string,
  keys: readonly VerificationKey[],
): Promise<{ header: { typ?: string }; payload: Uint8Array } | undefined> {
  if (!isCanonicalCompact(token)) return undefined
  const header = parseHeader(token)
  if (header === undefined || 'crit' in header || 'b64' in header) return undefined
  const { kid } = header
  const candidates = keys.filter(
    (key) => key.alg === header['alg'] && (kid === undefined || key.kid === kid),
  )
  for (const { key, alg } of candidates) {
    try {
      const { payload } = await compactVerify(token, key, { algorithms: [alg] })
      return { header: typeof header['typ'] === 'string' ? { typ: header['typ'] } : {}, payload }
    } catch {
      // The next key may be the right one; when none is, the answer is no.
    }
  }
  return undefined
}

function parseHeader(token: string): Record<string, unknown> | undefined {
  try {
    const text = new TextDecoder().decode(base64url.decode(token.slice(0, token.indexOf('.'))))
    const header: unknown = JSON.parse(text)
    return typeof header === 'object' && header !== null ? { ...header } : undefined
  } catch {
    return undefined
  }
}

const LONGEST_TOKEN = 4_096
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * Whether a text is a compact JWS in its one canonical spelling: three base64url parts without
 * padding, white space or leftover bits. A lenient decoder takes several spellings of one token, so
 * that a revoked or counted token could come back under another name.
 *
 * @see [RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515.html#section-2), RFC 4648 §3.5
 */
export function isCanonicalCompact(token: string): boolean {
  if (token.length > LONGEST_TOKEN) return false
  const parts = token.split('.')
  return parts.length === 3 && parts.every(isCanonicalBase64url)
}

function isCanonicalBase64url(part: string): boolean {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) return false
  const last = ALPHABET.indexOf(part.charAt(part.length - 1))
  switch (part.length % 4) {
    case 0:
      return true
    case 2:
      return (last & 0b1111) === 0
    case 3:
      return (last & 0b11) === 0
    default:
      return false
  }
}

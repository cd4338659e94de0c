import { base64url, calculateJwkThumbprint } from 'jose'

/** A key that signs or verifies, with the id that tokens name in `kid`. */
export interface TokenKey {
  kid: string
  key: CryptoKey
}

/** The first key signs; all verify, so that a changed secret signs nobody out. */
export type Keyring = readonly [TokenKey, ...TokenKey[]]

/**
 * Imports secrets as HS256 keys, once. The `kid` is the JWK thumbprint (RFC 7638) of the secret.
 *
 * @param secrets UTF-8 text of 32 bytes at least, the current one first.
 */
export async function importKeyring(secrets: readonly [string, ...string[]]): Promise<Keyring> {
  const [current, ...previous] = secrets
  return [await importSecret(current), ...(await Promise.all(previous.map(importSecret)))]
}

async function importSecret(secret: string): Promise<TokenKey> {
  const bytes = new TextEncoder().encode(secret)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify'])
  const k = base64url.encode(bytes)
  return { kid: await calculateJwkThumbprint({ kty: 'oct', k }), key }
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

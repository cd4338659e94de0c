import { base64url } from 'jose'
import { once } from '../../once.ts'

/** Encrypts what is kept, with keys that the store does not have. */
export interface SecretBox {
  /** @param about Whose it is: under another name it cannot be opened. */
  seal(secret: Uint8Array<ArrayBuffer>, about: string): Promise<string>
  /**
   * @returns The secret, and whether it is sealed with the key of now; undefined where no key opens it.
   */
  open(
    sealed: string,
    about: string,
  ): Promise<{ secret: Uint8Array<ArrayBuffer>; isCurrent: boolean } | undefined>
}

const IV_BYTES = 12

/**
 * AES-256-GCM with keys that are derived from these secrets (HKDF): the first one seals, each of them
 * opens, so that a new secret locks nobody out.
 *
 * @param purpose Keys of one purpose open nothing of another.
 * @see [RFC 5869](https://www.rfc-editor.org/rfc/rfc5869.html), NIST SP 800-38D
 */
export function createSecretBox(
  purpose: string,
  [current, ...previous]: readonly [string, ...string[]],
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>,
): SecretBox {
  const keys = [current, ...previous].map((secret) => once(() => keyOf(purpose, secret)))
  const [sealing = once(() => keyOf(purpose, current))] = keys
  return {
    seal: async (secret, about) => {
      const iv = randomBytes(IV_BYTES)
      const sealed = await crypto.subtle.encrypt(gcm(iv, about), await sealing(), secret)
      return `${base64url.encode(iv)}.${base64url.encode(new Uint8Array(sealed))}`
    },
    open: async (sealed, about) => {
      const [iv = '', text = ''] = sealed.split('.')
      for (const key of keys) {
        const secret = await decrypt(await key(), iv, text, about)
        if (secret !== undefined) return { secret, isCurrent: key === sealing }
      }
      return undefined
    },
  }
}

async function keyOf(purpose: string, secret: string): Promise<CryptoKey> {
  const encoder = new TextEncoder()
  const base = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, [
    'deriveKey',
  ])
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(purpose) },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}

function gcm(iv: Uint8Array<ArrayBuffer>, about: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(about) }
}

/** @returns Undefined for another key's, another owner's, and what is no such text at all. */
async function decrypt(
  key: CryptoKey,
  iv: string,
  text: string,
  about: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const params = gcm(new Uint8Array(base64url.decode(iv)), about)
    const sealed = new Uint8Array(base64url.decode(text))
    return new Uint8Array(await crypto.subtle.decrypt(params, key, sealed))
  } catch {
    return undefined
  }
}

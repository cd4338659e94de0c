import { base64url } from 'jose'
import { once } from './once.ts'

/** Encrypts texts for somebody who keeps them, and can neither read nor change them. */
export interface Sealer {
  seal(text: string): Promise<string>
  /** @returns Undefined for what was not sealed here, or was changed. */
  open(sealed: string): Promise<string | undefined>
}

const IV_BYTES = 12

/**
 * Makes a sealer: AES-256-GCM under a key of its own for each purpose, so that what is sealed for one is
 * worth nothing for another.
 *
 * @param secrets The first seals, each opens.
 * @see [RFC 5869](https://www.rfc-editor.org/rfc/rfc5869.html) HKDF
 */
export function createSealer(purpose: string, secrets: readonly string[]): Sealer {
  const keys = once(() => Promise.all(secrets.map((secret) => keyOf(purpose, secret))))
  return {
    seal: async (text) => {
      const [key] = await keys()
      if (key === undefined) throw new TypeError('no secret to seal with')
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
      const bytes = new TextEncoder().encode(text)
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes)
      return base64url.encode(new Uint8Array([...iv, ...new Uint8Array(sealed)]))
    },
    open: async (sealed) => {
      const bytes = decoded(sealed)
      if (bytes === undefined) return undefined
      for (const key of await keys()) {
        const opened = await decrypt(key, bytes)
        if (opened !== undefined) return new TextDecoder().decode(opened)
      }
      return undefined
    },
  }
}

async function keyOf(purpose: string, secret: string): Promise<CryptoKey> {
  const encoder = new TextEncoder()
  const secretKey = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, [
    'deriveKey',
  ])
  return crypto.subtle.deriveKey(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: encoder.encode(purpose),
    },
    secretKey,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}

function decoded(sealed: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]+$/.test(sealed)) return undefined
  try {
    return new Uint8Array(base64url.decode(sealed))
  } catch {
    return undefined
  }
}

/** @returns Undefined where the key is another, or the text was changed. */
async function decrypt(
  key: CryptoKey,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<ArrayBuffer | undefined> {
  const iv = bytes.subarray(0, IV_BYTES)
  try {
    return await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes.subarray(IV_BYTES))
  } catch {
    return undefined
  }
}

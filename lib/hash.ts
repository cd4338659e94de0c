import { base64url } from 'jose'
import { once } from './once.ts'
import { currentPlatform } from './platform.ts'

/** SHA-256 of a text, base64url: 43 characters. */
export async function sha256(text: string): Promise<string> {
  return currentPlatform().sha256(text)
}

/** FNV-1a of a text's UTF-16 code units, in hexadecimal. It is not safe against texts made to collide. */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/** HMAC-SHA-256 under a key of its own for each purpose, base64url. The key is made once. */
export function hmac(purpose: string, secret: string): (text: string) => Promise<string> {
  const encoder = new TextEncoder()
  const key = once(() =>
    crypto.subtle.importKey(
      'raw',
      encoder.encode(`${purpose} ${secret}`),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    ),
  )
  return async (text) => {
    const mac = await crypto.subtle.sign('HMAC', await key(), encoder.encode(text))
    return base64url.encode(new Uint8Array(mac))
  }
}

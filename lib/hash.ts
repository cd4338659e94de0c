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
  const mac = once(() => currentPlatform().hmac(`${purpose} ${secret}`))
  return async (text) => mac()(text)
}

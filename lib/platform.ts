import { base64url } from 'jose'
import { once } from './once.ts'

/** What a host may do in a quicker way than the web's own. What comes of it is the same. */
export interface Platform {
  /** SHA-256 of a text, base64url. */
  sha256(text: string): string | Promise<string>
  /** HMAC-SHA-256 of texts under a secret, base64url. */
  hmac(secret: string): (text: string) => string | Promise<string>
  /** An answer that is known whole. @param text `null` is no body. */
  respond(text: string | null, status: number, headers: Record<string, string>): Response
}

const encoder = new TextEncoder()
const written = (hash: ArrayBuffer): string => base64url.encode(new Uint8Array(hash))

let platform: Platform = {
  sha256: async (text) => written(await crypto.subtle.digest('SHA-256', encoder.encode(text))),
  hmac(secret) {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const bytes = encoder.encode(secret)
    const key = once(() => crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']))
    return async (text) =>
      written(await crypto.subtle.sign('HMAC', await key(), encoder.encode(text)))
  },
  respond: (text, status, headers) => new Response(text, { status, headers }),
}

/** For a host to call before its first request. */
export function onPlatform(own: Platform): void {
  platform = own
}

/** That of the host that this runs on. */
export function currentPlatform(): Platform {
  return platform
}

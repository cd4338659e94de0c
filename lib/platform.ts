import { base64url } from 'jose'

/** What a host may do in a quicker way than the web's own. What comes of it is the same. */
export interface Platform {
  /** SHA-256 of a text, base64url. */
  sha256(text: string): string | Promise<string>
  /** An answer that is known whole. @param text `null` is no body. */
  respond(text: string | null, status: number, headers: Record<string, string>): Response
}

let platform: Platform = {
  async sha256(text) {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
    return base64url.encode(new Uint8Array(digest))
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

import { base64url } from 'jose'

/** What the browser says of a ceremony (WebAuthn Level 3 §5.8.1). */
export interface ClientData {
  type: string
  challenge: string
  origin: string
  /** Whether a page of another origin frames the one that asked. */
  crossOrigin: boolean
}

/** Reads the client data of a credential; undefined for what is none. */
export function readClientData(encoded: string): ClientData | undefined {
  const data = parse(encoded)
  if (typeof data !== 'object' || data === null) return undefined
  const {
    type,
    challenge,
    origin,
    crossOrigin = false,
    topOrigin,
  } = data as Record<string, unknown>
  if (typeof type !== 'string' || typeof challenge !== 'string' || typeof origin !== 'string') {
    return undefined
  }
  return { type, challenge, origin, crossOrigin: crossOrigin !== false || topOrigin !== undefined }
}

function parse(encoded: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(base64url.decode(encoded)))
  } catch {
    return undefined
  }
}

/** A party that passkeys are made for. */
export interface RelyingParty {
  /** The host of its origin. */
  id: string
  origin: string
}

/** The relying party of this service. */
export function relyingParty(origin: string): RelyingParty {
  return { id: new URL(origin).hostname, origin }
}

/** Why the client data of a ceremony does not hold; undefined where it does. */
export function clientDataFault(
  { type, challenge, origin, crossOrigin }: ClientData,
  expected: { type: 'webauthn.create' | 'webauthn.get'; challenge: string; party: RelyingParty },
): string | undefined {
  if (type !== expected.type) return 'another ceremony'
  if (challenge !== expected.challenge) return 'another challenge'
  if (origin !== expected.party.origin) return 'another origin'
  // Our pages let nobody frame them.
  return crossOrigin ? 'in a frame of another origin' : undefined
}

import { base64url } from 'jose'
import { clientDataFault, type RelyingParty, readClientData } from './client-data.ts'
import type { AssertionCredential } from './credentials.ts'
import { importPublicKey } from './public-key.ts'

/** What an assertion that holds says of its authenticator. */
export type Assertion =
  | { ok: true; signCount: number; isBackedUp: boolean }
  /** `reason` is for the log. */
  | { ok: false; reason: string }

/** What an assertion must be of. */
export interface ExpectedAssertion {
  challenge: string
  party: RelyingParty
  /** The public key, as a JWK in JSON. */
  key: string
}

/** The flags of authenticator data (WebAuthn Level 3 §6.1). */
const FLAGS = { userPresent: 1, userVerified: 4, backupEligible: 8, backedUp: 16 } as const
/** Hash of the RP id, flags, sign count. */
const LEAST_BYTES = 37

/**
 * Verifies an assertion: the ceremony of a sign-in with a passkey. Where the sign count stands is not judged
 * here: one that falls back is told of, and locks nobody out.
 *
 * It is by hand, because `@simplewebauthn/server` brings the certificates of attestation along, which no
 * assertion has, and its 80 KB do not fit into the functions that need this. A test holds both to the same
 * judgement of a thousand ceremonies.
 *
 * @see [WebAuthn Level 3 §7.2](https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion), steps 7 to 22
 */
export async function verifyAssertion(
  { id, rawId, response }: AssertionCredential,
  { challenge, party, key }: ExpectedAssertion,
): Promise<Assertion> {
  const refuse = (reason: string): Assertion => ({ ok: false, reason })
  if (id !== rawId) return refuse('two ids')
  const clientData = readClientData(response.clientDataJSON)
  if (clientData === undefined) return refuse('no client data')
  const fault = clientDataFault(clientData, { type: 'webauthn.get', challenge, party })
  if (fault !== undefined) return refuse(fault)

  const data = bytesOf(response.authenticatorData)
  if (data.length < LEAST_BYTES) return refuse('short authenticator data')
  const view = new DataView(data.buffer)
  const rpIdHash = new Uint8Array(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(party.id)),
  )
  if (!rpIdHash.every((byte, index) => byte === data[index])) return refuse('another RP id')
  const flags = view.getUint8(32)
  const has = (flag: number): boolean => (flags & flag) !== 0
  if (!has(FLAGS.userPresent)) return refuse('user not present')
  if (!has(FLAGS.userVerified)) return refuse('user not verified')
  if (has(FLAGS.backedUp) && !has(FLAGS.backupEligible)) return refuse('backed up, and cannot be')

  const hash = await crypto.subtle.digest('SHA-256', bytesOf(response.clientDataJSON))
  const signed = new Uint8Array([...data, ...new Uint8Array(hash)])
  if (!(await isSignedBy(key, bytesOf(response.signature), signed))) return refuse('signature')
  return { ok: true, signCount: view.getUint32(33), isBackedUp: has(FLAGS.backedUp) }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(base64url.decode(text))
}

async function isSignedBy(
  keyText: string,
  signature: Uint8Array<ArrayBuffer>,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const jwk: JsonWebKey = JSON.parse(keyText)
  const raw = jwk.kty === 'EC' ? rawSignature(signature) : signature
  if (raw === undefined) return false
  const { key, algorithm } = await importPublicKey(jwk)
  return crypto.subtle.verify(algorithm, key, raw, signed)
}

const SEQUENCE = 0x30
const INTEGER = 0x02
const COORDINATE_BYTES = 32

/**
 * Web Crypto wants the two numbers of an ECDSA signature side by side; authenticators write them in DER.
 *
 * @returns Undefined for what is no such signature of P-256.
 * @see [WebAuthn Level 3 §6.5.5](https://www.w3.org/TR/webauthn-3/#sctn-signature-attestation-types), ITU-T X.690 §8.3
 */
function rawSignature(der: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2) return undefined
  const raw = new Uint8Array(2 * COORDINATE_BYTES)
  let at = 2
  for (const end of [COORDINATE_BYTES, 2 * COORDINATE_BYTES]) {
    const [tag, length = 0] = der.subarray(at)
    const number = der.subarray(at + 2, at + 2 + length)
    // A number that begins with a bit of one has a zero before it, or it would be negative.
    const [first = 0x80, second = 0] = number
    if (tag !== INTEGER || number.length !== length || first >= 0x80) return undefined
    if (first === 0 && length > 1 && second < 0x80) return undefined
    const digits = first === 0 ? number.subarray(1) : number
    if (digits.length > COORDINATE_BYTES) return undefined
    raw.set(digits, end - digits.length)
    at += 2 + length
  }
  return at === der.length ? raw : undefined
}

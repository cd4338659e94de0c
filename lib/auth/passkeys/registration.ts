import { verifyRegistrationResponse } from '@simplewebauthn/server'
import {
  cose,
  decodeAttestationObject,
  decodeCredentialPublicKey,
  isoBase64URL,
  isoCBOR,
} from '@simplewebauthn/server/helpers'
import { ALGORITHMS } from './algorithms.ts'
import { clientDataFault, type RelyingParty, readClientData } from './client-data.ts'
import type { RegistrationCredential } from './credentials.ts'
import { importPublicKey } from './public-key.ts'

/** A passkey that an authenticator has made. */
export type Registered =
  | {
      ok: true
      /** The credential's id, base64url. */
      credential: string
      /** The public key, as a JWK in JSON. */
      key: string
      signCount: number
      isBackedUp: boolean
      /** How a browser reaches the authenticator, separated by spaces. */
      transports: string
    }
  /** `reason` is for the log. */
  | { ok: false; reason: string }

/**
 * Verifies that an authenticator has made a passkey for this challenge, with its user verified.
 *
 * @see [WebAuthn Level 3 §7.1](https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)
 */
export async function verifyRegistration(
  credential: RegistrationCredential,
  { challenge, party }: { challenge: string; party: RelyingParty },
): Promise<Registered> {
  const { id, rawId, type, response } = credential
  const { clientDataJSON, transports = [] } = response
  const clientData = readClientData(clientDataJSON)
  if (clientData === undefined) return { ok: false, reason: 'no client data' }
  const fault = clientDataFault(clientData, { type: 'webauthn.create', challenge, party })
  if (fault !== undefined) return { ok: false, reason: fault }
  try {
    const attestationObject = withoutAttestation(response.attestationObject)
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        ...{ id, rawId, type, clientExtensionResults: {} },
        response: { clientDataJSON, attestationObject },
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...ALGORITHMS],
    })
    if (!verified) return { ok: false, reason: 'not verified' }
    const { publicKey, counter, id: made } = registrationInfo.credential
    // The id that the authenticator has signed, and no other that the browser may say.
    if (made !== id) return { ok: false, reason: 'another credential' }
    const jwk = jwkOf(publicKey)
    // The library does not look whether it is one.
    await importPublicKey(jwk)
    return {
      ok: true,
      credential: made,
      key: JSON.stringify(jwk),
      signCount: counter,
      isBackedUp: registrationInfo.credentialBackedUp,
      transports: transports.join(' '),
    }
  } catch {
    // The library throws for whatever does not hold; its words may have values of the request.
    return { ok: false, reason: 'does not hold' }
  }
}

/**
 * Takes the attestation out, which nobody has asked for: it says nothing here, and judging its certificates
 * would fetch addresses that they name.
 */
function withoutAttestation(encoded: string): string {
  const authData = decodeAttestationObject(isoBase64URL.toBuffer(encoded)).get('authData')
  const bare = new Map<string, Uint8Array | string | Map<string, string>>([
    ['fmt', 'none'],
    ['attStmt', new Map<string, string>()],
    ['authData', authData],
  ])
  return isoBase64URL.fromBuffer(new Uint8Array(isoCBOR.encode(bare)))
}

/** @throws TypeError for a key of none of the {@link ALGORITHMS}. */
function jwkOf(publicKey: Uint8Array<ArrayBuffer>): JsonWebKey {
  const key = decodeCredentialPublicKey(publicKey)
  if (cose.isCOSEPublicKeyEC2(key) && key.get(cose.COSEKEYS.crv) === cose.COSECRV.P256) {
    const [x, y] = [text(key.get(cose.COSEKEYS.x)), text(key.get(cose.COSEKEYS.y))]
    return { kty: 'EC', crv: 'P-256', x, y }
  }
  if (cose.isCOSEPublicKeyOKP(key) && key.get(cose.COSEKEYS.crv) === cose.COSECRV.ED25519) {
    return { kty: 'OKP', crv: 'Ed25519', x: text(key.get(cose.COSEKEYS.x)) }
  }
  if (cose.isCOSEPublicKeyRSA(key)) {
    return { kty: 'RSA', n: text(key.get(cose.COSEKEYS.n)), e: text(key.get(cose.COSEKEYS.e)) }
  }
  throw new TypeError('a key of another kind')
}

function text(bytes: Uint8Array<ArrayBuffer> | undefined): string {
  if (bytes === undefined) throw new TypeError('half a key')
  return isoBase64URL.fromBuffer(bytes)
}

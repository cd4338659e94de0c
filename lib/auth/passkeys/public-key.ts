/** A public key, and how Web Crypto verifies with it. */
export interface PublicKey {
  key: CryptoKey
  algorithm: Algorithm | EcdsaParams
}

/**
 * Imports the public key of a passkey: of ES256, RS256 or EdDSA, which registering offers.
 *
 * @throws TypeError for another kind; what Web Crypto throws for what is no key, as a point beside the curve.
 */
export async function importPublicKey(jwk: JsonWebKey): Promise<PublicKey> {
  const algorithm = algorithmOf(jwk)
  return { algorithm, key: await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']) }
}

function algorithmOf({
  kty,
  crv,
}: JsonWebKey): (EcKeyImportParams & EcdsaParams) | RsaHashedImportParams | Algorithm {
  if (kty === 'RSA') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  if (kty === 'EC' && crv === 'P-256') return { name: 'ECDSA', namedCurve: crv, hash: 'SHA-256' }
  if (kty === 'OKP' && crv === 'Ed25519') return { name: 'Ed25519' }
  throw new TypeError('a key of another kind')
}

import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'

/** What an authenticator does that is not as it should be. */
export interface Deviation {
  origin?: string
  rpId?: string
  /** Of the client data. */
  type?: string
  challenge?: string
  /** Members beside the usual ones. */
  clientData?: object
  userPresent?: boolean
  userVerified?: boolean
  backupEligible?: boolean
  backedUp?: boolean
  signCount?: number
  /** A signature of another key. */
  bogus?: boolean
  userHandle?: string | null
}

/** A passkey in an authenticator of software. */
export interface Passkey {
  id: string
  userHandle: string
  privateKey: KeyObject
  rpId: string
  signCount: number
}

interface Registering {
  rp: { id: string }
  user: { id: string }
  challenge: string
}

interface Asserting {
  rpId: string
  challenge: string
}

export type KeyKind = 'ES256' | 'RS256' | 'EdDSA'

/** An authenticator of software with a browser around it, for the origin of one page. */
export class Authenticator {
  readonly #origin: string

  constructor(origin: string) {
    this.#origin = origin
  }

  /** Makes a passkey, as `navigator.credentials.create` does. */
  create(
    { rp, user, challenge }: Registering,
    deviation: Deviation = {},
    kind: KeyKind = 'ES256',
  ): { passkey: Passkey; credential: RegistrationJson } {
    const { privateKey, cose } = newKey(kind)
    const idBytes = randomBytes(32)
    const id = idBytes.toString('base64url')
    const passkey = { id, userHandle: user.id, privateKey, rpId: rp.id, signCount: 0 }
    const length = Buffer.alloc(2)
    length.writeUInt16BE(idBytes.length)
    const attested = Buffer.concat([Buffer.alloc(16), length, idBytes, cose])
    const authData = authenticatorData(passkey, deviation, attested)
    const attestation = cbor(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ]),
    )
    const credential: RegistrationJson = {
      id,
      rawId: id,
      type: 'public-key',
      authenticatorAttachment: 'platform',
      clientExtensionResults: { credProps: { rk: true } },
      response: {
        clientDataJSON: this.#clientData('webauthn.create', challenge, deviation),
        attestationObject: attestation.toString('base64url'),
        transports: ['internal', 'hybrid'],
      },
    }
    return { passkey, credential }
  }

  /** Signs in with a passkey, as `navigator.credentials.get` does. */
  get({ challenge }: Asserting, passkey: Passkey, deviation: Deviation = {}): AssertionJson {
    const authData = authenticatorData(passkey, deviation, Buffer.alloc(0))
    const clientDataJSON = this.#clientData('webauthn.get', challenge, deviation)
    const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
    const key = deviation.bogus === true ? newKey('ES256').privateKey : passkey.privateKey
    const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
    const { userHandle = passkey.userHandle } = deviation
    return {
      id: passkey.id,
      rawId: passkey.id,
      type: 'public-key',
      authenticatorAttachment: 'platform',
      clientExtensionResults: {},
      response: {
        clientDataJSON,
        authenticatorData: authData.toString('base64url'),
        signature: sign(digest, Buffer.concat([authData, hash]), key).toString('base64url'),
        ...(userHandle === null ? {} : { userHandle }),
      },
    }
  }

  #clientData(type: string, challenge: string, deviation: Deviation): string {
    const data = {
      type: deviation.type ?? type,
      challenge: deviation.challenge ?? challenge,
      origin: deviation.origin ?? this.#origin,
      crossOrigin: false,
      ...deviation.clientData,
    }
    return Buffer.from(JSON.stringify(data)).toString('base64url')
  }
}

export interface RegistrationJson {
  id: string
  rawId: string
  type: 'public-key'
  authenticatorAttachment: string
  clientExtensionResults: object
  response: { clientDataJSON: string; attestationObject: string; transports: string[] }
}

export interface AssertionJson {
  id: string
  rawId: string
  type: 'public-key'
  authenticatorAttachment: string
  clientExtensionResults: object
  response: {
    clientDataJSON: string
    authenticatorData: string
    signature: string
    userHandle?: string
  }
}

function authenticatorData(passkey: Passkey, deviation: Deviation, attested: Buffer): Buffer {
  const rpIdHash = createHash('sha256')
    .update(deviation.rpId ?? passkey.rpId)
    .digest()
  const flags =
    ((deviation.userPresent ?? true) ? 1 : 0) |
    ((deviation.userVerified ?? true) ? 4 : 0) |
    ((deviation.backupEligible ?? true) ? 8 : 0) |
    ((deviation.backedUp ?? false) ? 16 : 0) |
    (attested.length > 0 ? 64 : 0)
  const count = Buffer.alloc(4)
  count.writeUInt32BE(deviation.signCount ?? passkey.signCount)
  return Buffer.concat([rpIdHash, Buffer.from([flags]), count, attested])
}

/** A key pair, and its public part as COSE (RFC 9052 §7). */
function newKey(kind: KeyKind): { privateKey: KeyObject; cose: Buffer } {
  const pair =
    kind === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
      : kind === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = pair.publicKey.export({ format: 'jwk' })
  const member = (name: 'x' | 'y' | 'n' | 'e'): Buffer => Buffer.from(jwk[name] ?? '', 'base64url')
  const cose = {
    ES256: [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, member('x')],
      [-3, member('y')],
    ],
    RS256: [
      [1, 3],
      [3, -257],
      [-1, member('n')],
      [-2, member('e')],
    ],
    EdDSA: [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, member('x')],
    ],
  }[kind] as [number, unknown][]
  const privateKey = createPrivateKey(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }))
  return { privateKey, cose: cbor(new Map<number, unknown>(cose)) }
}

/** As much of CBOR (RFC 8949) as an attestation has. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (typeof value === 'string') return Buffer.concat([head(3, value.length), Buffer.from(value)])
  if (!(value instanceof Map)) throw new TypeError('no such value')
  const members = [...value].flatMap(([name, each]) => [cbor(name), cbor(each)])
  return Buffer.concat([head(5, value.size), ...members])
}

function head(major: number, length: number): Buffer {
  const first = major << 5
  if (length < 24) return Buffer.from([first | length])
  if (length < 256) return Buffer.from([first | 24, length])
  return Buffer.from([first | 25, length >> 8, length & 255])
}

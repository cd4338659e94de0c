import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { verifyAuthenticationResponse } from '@simplewebauthn/server'
import { decodeAttestationObject, parseAuthenticatorData } from '@simplewebauthn/server/helpers'
import fc from 'fast-check'
import {
  type AssertionJson,
  Authenticator,
  type Deviation,
  type KeyKind,
  type Passkey,
} from '../../../test/support/authenticator.ts'
import { verifyAssertion } from './assertion.ts'
import { relyingParty } from './client-data.ts'
import { verifyRegistration } from './registration.ts'

const ORIGIN = 'https://api.example.com'
const PARTY = relyingParty(ORIGIN)
const CHALLENGE = 'Y2hhbGxlbmdlIG9mIHRoaXMgdGVzdCwgMzIgYnl0ZXM'
const OPTIONS = { rpId: PARTY.id, challenge: CHALLENGE }
const KINDS: readonly KeyKind[] = ['ES256', 'RS256', 'EdDSA']

const authenticator = new Authenticator(ORIGIN)

interface Registered {
  passkey: Passkey
  /** As Usher keeps it. */
  key: string
  /** As the library wants it. */
  publicKey: Uint8Array<ArrayBuffer>
}

async function register(kind: KeyKind): Promise<Registered> {
  const options = { rp: { id: PARTY.id }, user: { id: 'aGFuZGxl' }, challenge: CHALLENGE }
  const { passkey, credential } = authenticator.create(options, {}, kind)
  const made = await verifyRegistration(credential, { challenge: CHALLENGE, party: PARTY })
  if (!made.ok) throw new Error(made.reason)
  const attestation = Buffer.from(credential.response.attestationObject, 'base64url')
  const authData = decodeAttestationObject(new Uint8Array(attestation)).get('authData')
  const { credentialPublicKey } = parseAuthenticatorData(authData)
  if (credentialPublicKey === undefined) throw new Error('no key')
  return { passkey, key: made.key, publicKey: credentialPublicKey }
}

const registered = new Map<KeyKind, Registered>()
test.beforeAll(async () => {
  for (const kind of KINDS) registered.set(kind, await register(kind))
})

function ofKind(kind: KeyKind): Registered {
  const found = registered.get(kind)
  if (found === undefined) throw new TypeError(kind)
  return found
}

async function ours(credential: AssertionJson, { key }: Registered): Promise<boolean> {
  return (await verifyAssertion(credential, { challenge: CHALLENGE, party: PARTY, key })).ok
}

async function theirs(credential: AssertionJson, registered: Registered): Promise<boolean> {
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: credential as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
      expectedChallenge: CHALLENGE,
      expectedOrigin: ORIGIN,
      expectedRPID: PARTY.id,
      // A count that falls back is told of, and locks nobody out.
      credential: { id: registered.passkey.id, publicKey: registered.publicKey, counter: 0 },
      requireUserVerification: true,
    })
    return verified
  } catch {
    return false
  }
}

test('an assertion of every kind of key holds, and says what its authenticator does', async () => {
  for (const kind of KINDS) {
    const { passkey, key } = ofKind(kind)
    const expected = { challenge: CHALLENGE, party: PARTY, key }
    const credential = authenticator.get(OPTIONS, passkey, { signCount: 7, backedUp: true })
    expect(await verifyAssertion(credential, expected), kind).toEqual({
      ...{ ok: true, signCount: 7, isBackedUp: true },
    })
    expect(await theirs(credential, ofKind(kind)), kind).toBe(true)
  }
})

const DEVIATIONS: Record<string, Deviation> = {
  'a signature of another key': { bogus: true },
  'no user present': { userPresent: false },
  'no user verified': { userVerified: false },
  'neither of them': { userPresent: false, userVerified: false },
  'another origin': { origin: 'https://api.example.com.evil.org' },
  'another port': { origin: `${ORIGIN}:8443` },
  'another RP id': { rpId: 'example.com' },
  'another challenge': { challenge: `${CHALLENGE.slice(0, -1)}A` },
  'no challenge': { challenge: '' },
  'a registration': { type: 'webauthn.create' },
  'a frame of another origin': { clientData: { crossOrigin: true, topOrigin: 'https://evil.org' } },
  'backed up, and cannot be': { backedUp: true, backupEligible: false },
}

test('what a signed ceremony must not be is refused, by the library too', async () => {
  for (const [name, deviation] of Object.entries(DEVIATIONS)) {
    const credential = authenticator.get(OPTIONS, ofKind('ES256').passkey, deviation)
    expect(await ours(credential, ofKind('ES256')), name).toBe(false)
    expect(await theirs(credential, ofKind('ES256')), name).toBe(false)
  }
  // Browsers that do not say whose frame it is: the library lets them pass, and our pages let nobody frame them.
  const framed = authenticator.get(OPTIONS, ofKind('ES256').passkey, {
    clientData: { crossOrigin: true },
  })
  expect(await ours(framed, ofKind('ES256'))).toBe(false)
})

test('a key opens what it has signed, and no other', async () => {
  const credential = authenticator.get(OPTIONS, ofKind('ES256').passkey)
  expect(await ours(credential, ofKind('ES256'))).toBe(true)
  expect(await ours(credential, ofKind('RS256'))).toBe(false)
  expect(await ours(credential, ofKind('EdDSA'))).toBe(false)
  expect(await ours(credential, await register('ES256'))).toBe(false)
})

const PARTS = ['clientDataJSON', 'authenticatorData', 'signature'] as const

/** Changes the bytes of one part of an assertion. */
function mutated(
  credential: AssertionJson,
  part: (typeof PARTS)[number],
  change: { at: number; value: number; how: 'set' | 'flip' | 'cut' | 'insert' | 'append' },
): AssertionJson {
  const bytes = [...Buffer.from(credential.response[part], 'base64url')]
  const at = change.at % bytes.length
  const { value, how } = change
  if (how === 'set') bytes[at] = value
  if (how === 'flip') bytes[at] = (bytes[at] ?? 0) ^ (1 << (value & 7))
  if (how === 'cut') bytes.splice(at)
  if (how === 'insert') bytes.splice(at, 0, value)
  if (how === 'append') bytes.push(value)
  const text = Buffer.from(bytes).toString('base64url')
  return { ...credential, response: { ...credential.response, [part]: text } }
}

/**
 * Whether OpenSSL takes the signature. The library reads ECDSA's loosely, with bytes behind it or other tags,
 * which no DER has (ITU-T X.690); RFC 3279 and the authenticators want DER.
 */
function isDer({ response }: AssertionJson, { passkey }: Registered): boolean {
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64url')
  const hash = createHash('sha256').update(bytes(response.clientDataJSON)).digest()
  const signed = Buffer.concat([bytes(response.authenticatorData), hash])
  const key = createPublicKey(passkey.privateKey)
  const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  return verify(digest, signed, key, bytes(response.signature))
}

test('1,000 ceremonies, mutated byte by byte, are judged as @simplewebauthn/server judges them', async () => {
  const cases = fc.record({
    kind: fc.constantFrom(...KINDS),
    part: fc.constantFrom(...PARTS),
    at: fc.nat({ max: 1_000 }),
    value: fc.nat({ max: 255 }),
    how: fc.constantFrom('set', 'flip', 'cut', 'insert', 'append'),
    deviation: fc.constantFrom<Deviation>(
      {},
      {},
      {},
      { signCount: 9 },
      ...Object.values(DEVIATIONS),
    ),
    untouched: fc.boolean(),
  })
  const judged = { holds: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(cases, async ({ kind, part, deviation, untouched, ...change }) => {
      const passkey = ofKind(kind)
      const signed = authenticator.get(OPTIONS, passkey.passkey, deviation)
      const credential = untouched ? signed : mutated(signed, part, change as never)
      const holds = (await theirs(credential, passkey)) && isDer(credential, passkey)
      // An `expect` takes longer than what it looks at.
      assert.equal(await ours(credential, passkey), holds)
      judged[holds ? 'holds' : 'refused']++
    }),
    { numRuns: 1_000 },
  )
  expect(judged.holds).toBeGreaterThan(50)
  expect(judged.refused).toBeGreaterThan(500)
})

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import {
  importKeyring,
  importVerificationKey,
  provesItself,
  verifies,
  verifyCompact,
} from './jws.ts'
import { createAccessTokens } from './tokens.ts'

/** Vectors that nobody here wrote: test/vectors/README.md says where they are from. */
const vectors = resolve('test', 'vectors')

interface Wycheproof {
  testGroups: {
    comment: string
    public?: JWK
    private?: JWK
    tests: { tcId: number; comment: string; jws: string; result: 'valid' | 'invalid' }[]
  }[]
}

/** The cases that Usher judges otherwise than Wycheproof, and why. */
const LOST_PADDING =
  'the padding it speaks of is not in the file: the text is a canonical token with a good signature'
const STRAY_LETTER =
  'a letter outside the alphabet stands in it: decoders that skip it accept, RFC 4648 §3.3 refuses'
const DIFFERENT: Record<number, string> = {
  367: LOST_PADDING,
  370: LOST_PADDING,
  372: STRAY_LETTER,
  373: STRAY_LETTER,
}

test('every compact HS256, ES256 and EdDSA case of Wycheproof is judged as it says', async () => {
  const file = join(vectors, 'wycheproof', 'json_web_signature_test.json')
  const { testGroups }: Wycheproof = JSON.parse(readFileSync(file, 'utf8'))
  const judged = { valid: 0, invalid: 0 }
  const wrong: string[] = []
  for (const group of testGroups) {
    const jwk = group.public ?? group.private
    if (jwk === undefined || !['oct', 'EC', 'OKP'].includes(jwk.kty ?? '')) continue
    if (jwk.kty === 'EC' && jwk.crv !== 'P-256') continue
    const { d: _, ...open } = jwk
    const key = await importVerificationKey(open)
    for (const { tcId, comment, jws, result } of group.tests) {
      const accepted = key !== undefined && (await verifyCompact(jws, [key])) !== undefined
      judged[result]++
      if ((accepted === (result === 'valid')) === tcId in DIFFERENT)
        wrong.push(`${tcId} ${group.comment}: ${comment}, ${result}`)
    }
  }
  expect(wrong).toEqual([])
  expect(judged.valid).toBeGreaterThanOrEqual(12)
  expect(judged.invalid).toBeGreaterThanOrEqual(66)
})

for (const file of ['jws/4_4.hmac-sha2_integrity_protection.json', 'curve25519/jws.json']) {
  test(`the signature of the JOSE cookbook verifies, and not after a change: ${file}`, async () => {
    const text = readFileSync(join(vectors, 'ietf-jose-cookbook', file), 'utf8')
    const vector: { input: { key: JWK }; output: { compact: string } } = JSON.parse(text)
    const { d: _, ...open } = vector.input.key
    const key = await importVerificationKey(open)
    const keys = key === undefined ? [] : [key]
    const { compact } = vector.output
    expect(await verifyCompact(compact, keys)).toBeDefined()
    const [header, payload, signature = ''] = compact.split('.')
    const other = signature.startsWith('A') ? 'B' : 'A'
    const changed = `${header}.${payload}.${other}${signature.slice(1)}`
    expect(await verifyCompact(changed, keys)).toBeUndefined()
  })
}

for (const [alg, crv] of [
  ['ES256', 'P-256'],
  ['EdDSA', 'Ed25519'],
] as const) {
  test(`${alg}: the private key signs, the published one verifies, and the secret’s tokens stay good`, async () => {
    const { privateKey } = await generateKeyPair(alg, { crv, extractable: true })
    const jwk = { ...(await exportJWK(privateKey)), note: 'internal' }
    const secret = 'a-secret-of-thirty-two-bytes-or-more'
    const origin = 'https://api.example.com'
    const claims = {
      sub: 'u_0123456789abcdefghij',
      user: 'me@home.org',
      sid: 's',
      level: 0,
      plan: 'free',
      iat: 1_790_000_000,
      exp: 1_790_003_600,
      jti: 'j',
    }
    const before = createAccessTokens({ keys: () => importKeyring([secret]), origin })
    const after = createAccessTokens({ keys: () => importKeyring([secret], jwk), origin })
    const token = await after.issue(claims)
    expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).alg).toBe(alg)
    expect((await after.verify(token, 1_790_000_000_000)).ok).toBe(true)
    expect((await after.verify(await before.issue(claims), 1_790_000_000_000)).ok).toBe(true)
    expect((await before.verify(token, 1_790_000_000_000)).ok).toBe(false)

    const [{ publicJwk }] = await importKeyring([secret], jwk)
    expect(publicJwk).toMatchObject({ alg, crv, use: 'sig', kid: expect.any(String) })
    expect(JSON.stringify(publicJwk)).not.toContain(jwk.d)
    expect(JSON.stringify(publicJwk)).not.toContain('internal')
    expect(await provesItself(jwk)).toBe(true)
    const { x } = await exportJWK(
      (await generateKeyPair(alg, { crv, extractable: true })).publicKey,
    )
    expect(await provesItself({ ...jwk, ...(x === undefined ? {} : { x }) })).toBe(false)
    const published = await importVerificationKey(publicJwk ?? {})
    expect(await verifyCompact(token, published === undefined ? [] : [published])).toBeDefined()
  })
}

test('keys that signed before verify, are published without their private part, and sign no more', async () => {
  const pair = async (alg: string): Promise<JWK> =>
    exportJWK((await generateKeyPair(alg, { extractable: true })).privateKey)
  const [first, second, third] = [await pair('ES256'), await pair('EdDSA'), await pair('ES256')]
  const secret = 'a-secret-of-thirty-two-bytes-or-more'
  const at = 1_790_000_000
  const claims = {
    sub: 'u_1',
    user: 'me@home.org',
    sid: 's',
    level: 0,
    plan: 'free',
    iat: at,
    exp: at + 3_600,
    jti: 'j',
  }
  const codec = (signingKey?: JWK, previous?: JWK[]) =>
    createAccessTokens({
      keys: () => importKeyring([secret], signingKey, previous),
      origin: 'https://api.example.com',
    })
  const tokens = [await codec(first).issue(claims), await codec(second).issue(claims)]
  // The switch turned back: the secret signs, and the tokens of the keys stay good.
  const back = codec(undefined, [first, second])
  for (const now of [codec(third, [second, first]), back]) {
    for (const token of tokens) expect((await now.verify(token, at * 1_000)).ok).toBe(true)
    const issued = await now.issue(claims)
    expect((await codec(first, [second]).verify(issued, at * 1_000)).ok).toBe(now === back)
  }
  const { d, ...open } = first
  expect((await codec(third, [open]).verify(tokens[0] ?? '', at * 1_000)).ok).toBe(true)

  const published = (await importKeyring([secret], third, [second, first])).flatMap(
    ({ publicJwk }) => publicJwk ?? [],
  )
  expect(published.map(({ x }) => x)).toEqual([third.x, second.x, first.x])
  expect(JSON.stringify(published)).not.toContain('"d"')
  expect([await verifies(open), await verifies({ ...open, x: 'AAAA' })]).toEqual([true, false])
})

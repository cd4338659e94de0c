import { expect, test } from '@playwright/test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { importKeyring, isCanonicalCompact } from './jws.ts'
import { CLOCK_TOLERANCE_SECONDS, createAccessTokens, createRefreshTokens } from './tokens.ts'

const NOW = 1_790_000_000
const origin = 'https://api.example.com'
const secret = 'access-secret-of-thirty-two-bytes-or-more'
const codec = { keys: () => importKeyring([secret]), origin }
const access = createAccessTokens(codec)
const refresh = createRefreshTokens(codec)
const claims = {
  sub: 'u_0123456789abcdefghij',
  user: 'me@home.org',
  sid: 'ses_1',
  level: 0,
  plan: 'free',
  iat: NOW,
  exp: NOW + 3_600,
  jti: 'jti_1',
}

/** Signs whatever a forger who had the secret would. */
async function forge(
  payload: Record<string, unknown>,
  header: Record<string, unknown> = {},
  with_ = secret,
): Promise<string> {
  const all = { iss: origin, aud: origin, ...claims, ...payload }
  const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return new SignJWT(present)
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
    .sign(new TextEncoder().encode(with_))
}

test.describe('access tokens', () => {
  test('what is issued verifies, with the claims in their types', async () => {
    const token = await access.issue(claims)
    expect(await access.verify(token, NOW * 1_000)).toEqual({ ok: true, value: claims })
    expect(await access.verify(await forge({}), NOW * 1_000)).toEqual({ ok: true, value: claims })
  })

  test('invalid-token when a claim is missing, of another type, or another issuer’s', async () => {
    const faulty: Record<string, unknown>[] = [
      ...['iss', 'aud', 'sub', 'user', 'sid', 'level', 'iat', 'exp', 'jti'].map((name) => ({
        [name]: undefined,
      })),
      { iss: 'https://evil.example' },
      { aud: 'https://evil.example' },
      { aud: [origin] },
      { sub: 5 },
      { user: 5 },
      { sub: '' },
      { sid: ['ses_1'] },
      { level: '9' },
      { level: -1 },
      { level: 1.5 },
      ...[5, '', null, ['pro'], {}].map((plan) => ({ plan })),
      { exp: NOW + 0.5 },
      { exp: 1e300 },
      { iat: NOW + 3_600 },
      { jti: {} },
    ]
    for (const payload of faulty) {
      const result = await access.verify(await forge(payload), NOW * 1_000)
      expect(result, JSON.stringify(payload)).toMatchObject({ ok: false, code: 'invalid-token' })
    }
  })

  test('a token from before accounts had plans counts by the default plan', async () => {
    const token = await forge({ plan: undefined })
    expect(await access.verify(token, NOW * 1_000)).toEqual({ ok: true, value: claims })
  })

  test('invalid-token for another type, algorithm, key or key id', async () => {
    const tokens = [
      await forge({}, { typ: 'rt+jwt' }),
      await forge({}, { typ: 'JWT' }),
      await forge({}, { alg: 'HS512' }),
      await forge({}, { kid: 'unknown' }),
      await forge({}, { kid: 5 }),
      await forge({}, {}, 'another-secret-of-thirty-two-bytes-or-more'),
      await refresh.issue({ ...claims, seq: 1 }),
    ]
    for (const token of tokens) {
      expect(await access.verify(token, NOW * 1_000)).toMatchObject({
        ok: false,
        code: 'invalid-token',
      })
    }
  })

  test('expires with little tolerance, except to end its own session', async () => {
    const token = await access.issue(claims)
    const at = (seconds: number, options?: { expired: 'accept' }) =>
      access.verify(token, (NOW + seconds) * 1_000, options)
    expect(CLOCK_TOLERANCE_SECONDS).toBeLessThanOrEqual(60)
    expect((await at(3_600 + CLOCK_TOLERANCE_SECONDS - 1)).ok).toBe(true)
    expect((await at(3_600 + CLOCK_TOLERANCE_SECONDS)).ok).toBe(false)
    expect((await at(3_600 + CLOCK_TOLERANCE_SECONDS, { expired: 'accept' })).ok).toBe(true)
    expect((await at(-CLOCK_TOLERANCE_SECONDS)).ok).toBe(true)
    expect((await at(-CLOCK_TOLERANCE_SECONDS - 1)).ok).toBe(false)
  })

  test('seven spellings of one token are one token and six refusals', async () => {
    const token = await access.issue(claims)
    const [header = '', payload = '', signature = ''] = token.split('.')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // 32 bytes leave two unused bits in the last letter.
    const twin = alphabet[alphabet.indexOf(signature.slice(-1)) + 1]
    const spellings = [
      `${token}=`,
      `${token}\n`,
      ` ${token}`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload.slice(0, 4)} ${payload.slice(4)}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -1)}${twin}`,
    ]
    expect(isCanonicalCompact(token)).toBe(true)
    for (const spelling of spellings) {
      expect(isCanonicalCompact(spelling), JSON.stringify(spelling.slice(-6))).toBe(false)
      expect((await access.verify(spelling, NOW * 1_000)).ok).toBe(false)
    }
  })

  test('the key fixes the algorithm: another name of its own curve is refused', async () => {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
    const jwk = await exportJWK(privateKey)
    const codec = createAccessTokens({ keys: () => importKeyring([secret], jwk), origin })
    expect((await codec.verify(await codec.issue(claims), NOW * 1_000)).ok).toBe(true)
    const token = (alg: string): Promise<string> =>
      new SignJWT({ iss: origin, aud: origin, ...claims })
        .setProtectedHeader({ alg, typ: 'at+jwt' })
        .sign(privateKey)
    expect((await codec.verify(await token('EdDSA'), NOW * 1_000)).ok).toBe(true)
    // RFC 9864 names the same signature anew; what is published says EdDSA.
    expect((await codec.verify(await token('Ed25519'), NOW * 1_000)).ok).toBe(false)
  })

  test('a previous secret verifies and no longer signs', async () => {
    const rotated = createAccessTokens({
      keys: () => importKeyring(['the-next-secret-of-thirty-two-bytes-or-more', secret]),
      origin,
    })
    const old = await access.issue(claims)
    expect((await rotated.verify(old, NOW * 1_000)).ok).toBe(true)
    expect((await access.verify(await rotated.issue(claims), NOW * 1_000)).ok).toBe(false)
  })
})

test.describe('refresh tokens', () => {
  test('the same counter gives the same bytes, another counter others', async () => {
    const state = { sub: 'u_1', user: 'me@home.org', sid: 'ses_1', seq: 3, iat: NOW, exp: NOW + 60 }
    const token = await refresh.issue(state)
    expect(await refresh.issue({ ...state })).toBe(token)
    expect(await refresh.issue({ ...state, seq: 4 })).not.toBe(token)
    expect(await refresh.verify(token)).toEqual({
      ok: true,
      value: { sub: 'u_1', user: 'me@home.org', sid: 'ses_1', seq: 3, iat: NOW, exp: NOW + 60 },
    })
  })

  test('invalid-refresh-token for an access token', async () => {
    const result = await refresh.verify(await access.issue(claims))
    expect(result).toMatchObject({ ok: false, code: 'invalid-refresh-token' })
  })
})

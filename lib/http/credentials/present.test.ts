import { expect, test } from '@playwright/test'
import { mintApiKey } from '../../auth/api-keys/api-key.ts'
import { importKeyring } from '../../auth/tokens/jws.ts'
import { createAccessTokens, createRefreshTokens } from '../../auth/tokens/tokens.ts'
import { contract } from '../../contract/operations.ts'
import { parseSettings } from '../../settings/settings.ts'
import { createCookies } from './cookies.ts'
import { callerOf, holdsToken, present, refusal } from './present.ts'

const NOW = 1_790_000_000
const origin = 'https://api.example.com'
const codec = { keys: () => importKeyring(['a-secret-of-thirty-two-bytes-or-more']), origin }
const verifiers = {
  accessTokens: createAccessTokens(codec),
  refreshTokens: createRefreshTokens(codec),
  cookies: createCookies(origin),
  keyEnvironment: 'live' as const,
}
const session = { sub: 'u_1', user: 'me@home.org', sid: 's', iat: NOW - 60, exp: NOW + 60 }
const access = () => verifiers.accessTokens.issue({ ...session, level: 0, plan: 'free', jti: 'j' })
const refresh = () => verifiers.refreshTokens.issue({ ...session, seq: 1 })

function checked(headers: Record<string, string>) {
  return present(new Headers(headers), verifiers).check(NOW * 1_000)
}

test('without a credential, with another scheme, or with cookies of others nobody is there', async () => {
  for (const headers of [
    {},
    { Authorization: 'Basic bWU6cGFzc3dvcmQ=' },
    { Authorization: 'Bearerx.y.z' },
    { Authorization: 'Token bearer x' },
    { Authorization: '' },
    { Cookie: 'theme=dark; usher-access=x' },
    { 'X-User-Id': 'u_1', 'X-Access-Token': await access() },
  ]) {
    expect(await checked(headers), JSON.stringify(headers)).toEqual({ status: 'none' })
  }
})

test('a bearer token is found whatever the letters of its scheme and the blanks after it', async () => {
  const token = await access()
  for (const sent of [`Bearer ${token}`, `bearer ${token}`, `BEARER   ${token}`]) {
    expect(await checked({ Authorization: sent }), sent).toMatchObject({
      ...{ status: 'valid', by: 'bearer', claims: { sid: 's', sub: 'u_1' } },
    })
  }
})

test('a bearer token that is none, or of another kind, is a bad credential and not a missing one', async () => {
  const token = await access()
  for (const sent of ['', ' ', 'x.y.z', `${token}x`, `${token} x`, `"${token}"`, await refresh()]) {
    const found = await checked({ Authorization: `Bearer ${sent}` })
    expect(found, sent).toMatchObject({ status: 'invalid' })
  }
})

test('an API key of this deployment is found by its form; whether there is one is not asked', async () => {
  const { key, id, hash } = await mintApiKey('live')
  expect(await checked({ 'X-API-Key': key })).toEqual({ status: 'key', key: { id, hash } })
})

test('a mistyped key, one of a test deployment and an empty one answer alike', async () => {
  const { key } = await mintApiKey('live')
  const other = await mintApiKey('test')
  const mistyped = key.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
  for (const sent of [
    '',
    'x',
    mistyped,
    key.slice(0, -1),
    `${key}0`,
    key.toLowerCase(),
    other.key,
  ]) {
    expect(await checked({ 'X-API-Key': sent }), sent).toEqual({
      ...{ status: 'invalid', reason: 'unknown API key' },
    })
  }
})

test('two credentials are two, also when both are good, when both are bad, and when they agree', async () => {
  const token = await access()
  const { key } = await mintApiKey('live')
  const kinds = [
    { Authorization: `Bearer ${token}` },
    { 'X-API-Key': key },
    { Cookie: `__Host-usher-access=${token}` },
  ]
  const bad = [
    { Authorization: 'Bearer x' },
    { 'X-API-Key': 'x' },
    { Cookie: '__Host-usher-refresh=x' },
  ]
  for (const [one, first] of kinds.entries()) {
    for (const [two, second] of kinds.entries()) {
      if (one === two) continue
      const all: Record<string, string>[] = [first, second]
      expect(await checked(Object.assign({}, ...all))).toEqual({ status: 'two' })
      const mixed: (Record<string, string> | undefined)[] = [first, bad[two]]
      expect(await checked(Object.assign({}, ...mixed))).toEqual({ status: 'two' })
    }
  }
  const both = present(new Headers(Object.assign({}, ...kinds)), verifiers)
  expect(both.tokens, 'logging out takes neither').toEqual({})
})

test('a token in cookies of another name, or without the prefix of https, is none', async () => {
  const token = await access()
  for (const name of ['usher-access', '__Host-usher-Access', '__Secure-usher-access']) {
    expect(await checked({ Cookie: `${name}=${token}` }), name).toEqual({ status: 'none' })
  }
})

test('the log names a session and an account, or the id of a key; of a bad credential nothing', async () => {
  const token = await access()
  const { key, id } = await mintApiKey('live')
  const named = async (headers: Record<string, string>) => callerOf(await checked(headers))
  expect(await named({ Authorization: `Bearer ${token}` })).toEqual({ session: 's', user: 'u_1' })
  expect(await named({ 'X-API-Key': key })).toEqual({ key: id })
  expect(await named({ Authorization: `Bearer ${token}x` })).toEqual({})
  expect(await named({})).toEqual({})
})

test('a missing credential is asked for, a bad one is called bad, without saying why', () => {
  expect(refusal({ status: 'none' }).code).toBe('authentication-required')
  const refused = refusal({ status: 'invalid', reason: 'signature' })
  expect(refused).toEqual({ ok: false, code: 'invalid-token', reason: 'signature' })
})

test('the token of the metrics opens the operation that names it, and no other', () => {
  const settings = parseSettings({
    SECRET_TOKEN: 'one-secret-of-thirty-two-bytes-or-more',
    SECRET_RTOKEN: 'another-secret-of-thirty-two-bytes-or-more',
    APP_ORIGIN: origin,
    UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:1',
    UPSTASH_REDIS_REST_TOKEN: 'token',
    METRICS_TOKEN: 'a-token-for-metrics-of-thirty-two-bytes',
  })
  const holding = (authorization: string, row: Parameters<typeof holdsToken>[0]) =>
    holdsToken(row, new Headers({ Authorization: authorization }), settings)
  const right = `Bearer ${settings.metricsToken}`
  expect(holding(right, contract.readMetrics)).toBe(true)
  expect(holding(right, contract.listUsers)).toBe(false)
  for (const wrong of ['', 'Bearer ', `${right}x`, right.slice(0, -1), 'Bearer undefined']) {
    expect(holding(wrong, contract.readMetrics), wrong).toBe(false)
  }
  const unset = { ...settings, metricsToken: undefined }
  for (const sent of ['Bearer undefined', 'Bearer ', right]) {
    const headers = new Headers({ Authorization: sent })
    expect(holdsToken(contract.readMetrics, headers, unset), sent).toBe(false)
  }
})

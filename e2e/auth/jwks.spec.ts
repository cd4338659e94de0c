import { createRemoteJWKSet, exportJWK, generateKeyPair, type JWK, jwtVerify } from 'jose'
import { Api } from '../../test/support/api.ts'
import { expect, test } from '../../test/support/fixtures.ts'
import type { Program } from '../../test/support/processes.ts'
import { startApi } from '../../test/support/start-api.ts'

test('GET /.well-known/jwks.json has no key while a secret signs', async ({ api }) => {
  const { status, body, headers } = await api.get('/.well-known/jwks.json')
  expect([status, body]).toEqual([200, { keys: [] }])
  expect(headers.get('cache-control')).toBe('public, max-age=300')
  expect(await api.get('/.well-known/nope')).toBeProblem('not-found')
})

test('with SIGNING_KEY another service verifies an access token with nothing but that URL, and nobody is signed out, nor by the next key', async ({
  host,
  server,
  store,
}) => {
  /** The same service, with the same issuer, started with other keys. */
  const startWith = async (keys: Record<string, unknown>): Promise<Api & Pick<Program, 'stop'>> => {
    const variables = Object.entries(keys).map(([name, value]) => [name, JSON.stringify(value)])
    const { api, stop } = await startApi({
      host,
      store: store.gateway,
      env: { APP_ORIGIN: server.origin, ...Object.fromEntries(variables) },
    })
    return Object.assign(api, { stop })
  }
  const makeKey = async (alg: string): Promise<JWK> =>
    exportJWK((await generateKeyPair(alg, { extractable: true })).privateKey)
  const verify = (api: Api, token: string) => {
    const keys = createRemoteJWKSet(new URL(`${api.origin}/.well-known/jwks.json`))
    const { origin } = server
    const algorithms = ['ES256', 'EdDSA']
    return jwtVerify(token, keys, { issuer: origin, audience: origin, typ: 'at+jwt', algorithms })
  }

  const bySecret = await new Api(server.origin).signIn()
  const [firstKey, secondKey] = [await makeKey('ES256'), await makeKey('EdDSA')]
  const first = await startWith({ SIGNING_KEY: firstKey })
  const byFirst = await first.signIn()
  const { payload, protectedHeader } = await verify(first, byFirst.JWT)
  expect(payload).toMatchObject({
    sub: expect.stringMatching(/^u_/),
    user: 'me@home.org',
    level: 0,
    plan: 'free',
  })
  expect(protectedHeader.alg).toBe('ES256')
  for (const { JWT } of [bySecret, byFirst]) {
    expect((await first.get('/api/profile', JWT)).status).toBe(200)
  }
  expect((await first.post('/api/auth/refresh', { refresh: bySecret.refresh })).status).toBe(200)
  await first.stop()

  const second = await startWith({ SIGNING_KEY: secondKey, SIGNING_KEY_PREVIOUS: [firstKey] })
  const bySecond = await second.signIn()
  expect((await verify(second, bySecond.JWT)).protectedHeader.alg).toBe('EdDSA')
  expect((await verify(second, byFirst.JWT)).payload['user']).toBe('me@home.org')
  for (const { JWT } of [bySecret, byFirst, bySecond]) {
    expect((await second.get('/api/profile', JWT)).status).toBe(200)
  }
  expect((await second.post('/api/auth/refresh', { refresh: byFirst.refresh })).status).toBe(200)
  const published = await second.get('/.well-known/jwks.json')
  expect(published.body.keys.map(({ x }: JWK) => x)).toEqual([secondKey.x, firstKey.x])
  expect(published.text).not.toContain('"d"')
  await second.stop()
})

import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { Api, isProblem } from '../support/api.ts'
import { expect, SECRET_RTOKEN, SECRET_TOKEN, test, WIDE } from '../support/fixtures.ts'
import { freePort, startProgram } from '../support/processes.ts'

test('GET /.well-known/jwks.json has no key while a secret signs', async ({ api }) => {
  const { status, body, headers } = await api.get('/.well-known/jwks.json')
  expect([status, body]).toEqual([200, { keys: [] }])
  expect(headers.get('cache-control')).toBe('public, max-age=300')
  expect(isProblem(await api.get('/.well-known/nope'), 'not-found', 404)).toBe(true)
})

test('with SIGNING_KEY another service verifies an access token with nothing but that URL, and nobody is signed out', async ({
  host,
  server,
  store,
}) => {
  const old = await new Api(server.origin).signIn()
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const port = await freePort()
  const api = new Api(`http://127.0.0.1:${port}`)
  const program = await startProgram(
    process.execPath,
    ['local/run.mjs', host],
    {
      PATH: process.env['PATH'],
      PORT: String(port),
      // The issuer stays: it is the same service with another key.
      APP_ORIGIN: server.origin,
      SECRET_TOKEN,
      SECRET_RTOKEN,
      RATE_LIMITS: WIDE,
      SIGNING_KEY: JSON.stringify(await exportJWK(privateKey)),
      UPSTASH_REDIS_REST_URL: store.proxy.url,
      UPSTASH_REDIS_REST_TOKEN: store.gateway.token,
    },
    /Usher listens on/,
  )
  const { JWT } = await api.signIn()
  const keys = createRemoteJWKSet(new URL(`${api.origin}/.well-known/jwks.json`))
  const { payload, protectedHeader } = await jwtVerify(JWT, keys, {
    issuer: server.origin,
    audience: server.origin,
    typ: 'at+jwt',
    algorithms: ['ES256'],
  })
  expect(payload).toMatchObject({
    sub: expect.stringMatching(/^u_/),
    user: 'me@home.org',
    level: 0,
  })
  expect(protectedHeader.alg).toBe('ES256')
  expect((await api.get('/api/profile', JWT)).status).toBe(200)

  expect((await api.get('/api/profile', old.JWT)).status).toBe(200)
  expect((await api.post('/api/auth/refresh', { refresh: old.refresh })).status).toBe(200)
  await program.stop()
})

import { TOTP, URI } from 'otpauth'
import { account } from '../../test/support/accounts.ts'
import type { Answer, Api } from '../../test/support/api.ts'
import { Authenticator, type KeyKind } from '../../test/support/authenticator.ts'
import { expect, test } from '../../test/support/fixtures.ts'

/** A name, as passkeys need it. Nothing in these tests is asked of it. */
const ORIGIN = 'http://localhost:3000'

test.use({ environment: { APP_ORIGIN: ORIGIN } })

const authenticator = new Authenticator(ORIGIN)

async function assertion(
  api: Api,
  passkey: ReturnType<Authenticator['create']>['passkey'],
): Promise<{ credential: object }> {
  const { body } = await api.post('/api/auth/passkey/options', {})
  return { credential: authenticator.get(body, passkey) }
}

for (const kind of ['ES256', 'RS256', 'EdDSA'] satisfies KeyKind[]) {
  test(`a passkey with a key of ${kind} is added, signs in, proves a session and goes`, async ({
    api,
    store,
  }) => {
    const credentials = await account(store, `${kind.toLowerCase()}@home.org`)
    const { JWT } = await api.signIn(credentials)
    const options = await api.post('/api/auth/passkeys/options', {}, JWT)
    expect(options.status, options.text).toBe(200)
    const { passkey, credential } = authenticator.create(options.body, {}, kind)
    const wish = { name: 'A passkey', credential }
    const added = await api.post('/api/auth/passkeys', wish, JWT)
    expect(added.status, added.text).toBe(201)
    expect((await api.get('/api/auth/passkeys', JWT)).body.data).toEqual([added.body])

    const entered = await api.post('/api/auth/passkey/signin', await assertion(api, passkey))
    expect(entered.status, entered.text).toBe(200)
    expect(entered.body).toMatchObject({ tokenType: 'Bearer', content: { user: credentials.user } })
    expect((await api.get('/api/profile', entered.body.JWT)).status).toBe(200)
    const login = await api.post('/api/auth/passkey/login', await assertion(api, passkey))
    expect([login.status, login.headers.getSetCookie().length]).toEqual([200, 2])
    const fresh = await api.post('/api/auth/fresh', await assertion(api, passkey), JWT)
    expect(fresh.status, fresh.text).toBe(204)
    const { response } = authenticator.get(
      (await api.post('/api/auth/passkey/options', {})).body,
      passkey,
      { bogus: kind === 'ES256', userVerified: kind === 'ES256' },
    )
    const refused = await api.post('/api/auth/passkey/signin', {
      credential: { id: passkey.id, rawId: passkey.id, type: 'public-key', response },
    })
    expect(refused).toBeProblem('invalid-credentials')

    const removed = await api.send(`/api/auth/passkeys/${added.body.id}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${JWT}` },
    })
    expect(removed.status).toBe(204)
    const gone = await api.post('/api/auth/passkey/signin', await assertion(api, passkey))
    expect(gone).toBeProblem('invalid-credentials')
  })
}

test('nobody gets to the passkeys of an account without signing in', async ({ api }) => {
  expect(await api.get('/api/auth/passkeys')).toBeProblem('authentication-required')
  expect(await api.post('/api/auth/passkeys/options', {})).toBeProblem('authentication-required')
})

test('TOTP from the first code to the last, by another implementation', async ({ api, store }) => {
  const credentials = await account(store, 'two-factors@home.org')
  const { JWT } = await api.signIn(credentials)
  const send = (method: string, body: object): Promise<Answer> =>
    api.send('/api/auth/totp', {
      method,
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${JWT}` },
      body: JSON.stringify(body),
    })
  const started = await send('POST', { current: 'password' })
  expect(started.status, started.text).toBe(200)
  const app = URI.parse(started.body.uri)
  if (!(app instanceof TOTP)) throw new TypeError('no TOTP')
  const confirm = { code: app.generate() }
  const confirmed = await api.post('/api/auth/totp/confirm', confirm, JWT)
  expect(confirmed.status, confirmed.text).toBe(200)
  const [first, second, third] = confirmed.body.recoveryCodes

  expect(await api.post('/api/auth/signin', credentials)).toBeProblem('second-factor-required')
  const enter = (code: string, path = 'signin'): Promise<Answer> =>
    api.post(`/api/auth/${path}`, { ...credentials, code })
  expect(await enter(confirm.code)).toBeProblem('invalid-credentials')
  const next = app.generate({ timestamp: Date.now() + 30_000 })
  expect((await enter(next)).status).toBe(200)
  expect(await enter(next)).toBeProblem('invalid-credentials')
  expect((await enter(first, 'login')).status).toBe(200)
  expect(await enter(first)).toBeProblem('invalid-credentials')
  expect((await enter(second)).status).toBe(200)

  expect(await send('DELETE', { code: first })).toBeProblem('invalid-credentials')
  expect((await send('DELETE', { code: third })).status).toBe(204)
  expect((await api.signIn(credentials)).content.user).toBe(credentials.user)
})

test('a sign-in of longer ago is not fresh until it is proven again', async ({ api, store }) => {
  const credentials = await account(store, 'stale@home.org')
  const { JWT } = await api.signIn(credentials)
  const { sid } = JSON.parse(Buffer.from(JWT.split('.')[1] ?? '', 'base64url').toString())
  await store.call('HSET', `session:${sid}`, 'createdAt', String(Date.now() - 901_000))
  const make = (): Promise<Answer> =>
    api.post('/api/keys', { name: 'A key', scopes: ['movies:read'] }, JWT)
  const refused = await make()
  expect(refused).toBeProblem('fresh-signin-required')
  expect(refused.headers.get('www-authenticate')).toBe(
    'Bearer realm="usher", error="insufficient_user_authentication", max_age=900',
  )
  expect((await api.post('/api/auth/fresh', { current: 'password' }, JWT)).status).toBe(204)
  expect((await make()).status).toBe(201)
})

import { test } from '@playwright/test'
import { type Answer, read } from '../../../test/support/api.ts'
import {
  type AssertionJson,
  Authenticator,
  type Deviation,
  type Passkey,
  type RegistrationJson,
} from '../../../test/support/authenticator.ts'
import { type InProcess, ORIGIN } from '../../../test/support/in-process.ts'
import { expect } from '../../../test/support/problem.ts'
import { startApi } from '../../../test/support/start-api.ts'
import type { OperationId } from '../../contract/operations.ts'

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
const sessionOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid

test.describe('passkeys', () => {
  let api: InProcess
  let user = ''
  let users = 0
  let token = ''
  const authenticator = new Authenticator(ORIGIN)

  test.beforeAll(async () => {
    api = await startApi({ host: 'in-process', env: { APP_NAME: 'Star Catalogue' } })
  })
  test.afterAll(() => api.stop())
  test.beforeEach(async () => {
    user = `passkey-${++users}@home.org`
    await api.account(user)
    token = await enter(user)
  })

  async function enter(user: string): Promise<string> {
    const answer = await api.send('signIn', { body: { user, password: 'password' } })
    return (await answer.json()).JWT
  }

  async function call(
    id: OperationId,
    { body, params, as = token }: { body?: unknown; params?: { id: string }; as?: string } = {},
  ): Promise<Answer> {
    const sample = {
      ...(body === undefined ? {} : { body: body as Record<string, unknown> }),
      ...(params && { params }),
    }
    return read(await api.send(id, sample, as === '' ? {} : bearer(as)))
  }

  const newOptions = async (as = token) => (await call('newPasskeyOptions', { as })).body
  const options = async () => (await call('passkeyOptions', { as: '' })).body
  const add = (credential: RegistrationJson, more: object = {}, as = token) =>
    call('createPasskey', { body: { name: 'My phone', credential, ...more }, as })
  const signIn = (credential: AssertionJson) =>
    call('signInByPasskey', { body: { credential }, as: '' })

  /** Makes a passkey and adds it. */
  async function register(
    as = token,
    deviation: Deviation = {},
  ): Promise<{ id: string; passkey: Passkey }> {
    const { passkey, credential } = authenticator.create(await newOptions(as), deviation)
    const added = await add(credential, {}, as)
    if (added.status !== 201) throw new Error(`adding answered ${added.status}: ${added.text}`)
    return { id: added.body.id, passkey }
  }

  async function accountId(): Promise<string> {
    return String(await api.command('HGET', `user:${user}`, 'id'))
  }

  async function eventsOf(accountId: string): Promise<string[]> {
    await api.settled()
    const entries = (await api.command('XREVRANGE', 'events', '+', '-')) as [string, string[]][]
    const events = entries.map(([, words]) => words.map(String))
    return events.filter((words) => words.includes(accountId)).map((words) => words[1] ?? '')
  }

  test('one is made, listed, signed in with, and taken away', async () => {
    const made = await newOptions()
    expect(made).toEqual({
      rp: { id: 'api.example.com', name: 'Star Catalogue' },
      user: { id: expect.stringMatching(/^[\w-]{43}$/), name: user, displayName: user },
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
      timeout: 300_000,
      excludeCredentials: [],
      authenticatorSelection: {
        ...{ residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      },
      attestation: 'none',
      extensions: { credProps: true },
    })
    const { passkey, credential } = authenticator.create(made, { backedUp: true })
    const added = await add(credential)
    expect(added.status, added.text).toBe(201)
    const shown = {
      id: expect.stringMatching(/^[\w-]{36}$/),
      name: 'My phone',
      createdAt: expect.stringMatching(/^20\d\d-.*Z$/),
      lastUsedAt: null,
      backedUp: true,
    }
    expect(added.body).toEqual(shown)
    expect(added.headers.get('location')).toBe(`/api/auth/passkeys/${added.body.id}`)
    const listed = await call('listPasskeys')
    expect(listed.body).toEqual({ data: [added.body], nextCursor: null })

    const asked = await options()
    expect(asked).toEqual({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      rpId: 'api.example.com',
      timeout: 300_000,
      allowCredentials: [],
      userVerification: 'required',
    })
    const entered = await signIn(authenticator.get(asked, passkey, { signCount: 1 }))
    expect(entered.status, entered.text).toBe(200)
    expect(entered.body).toMatchObject({ message: 'Logged in', content: { user, level: 0 } })
    const [used] = (await call('listPasskeys', { as: entered.body.JWT })).body.data
    expect(used).toEqual({ ...shown, backedUp: false, lastUsedAt: expect.stringMatching(/Z$/) })

    // The same handle, and the one it has is named: its authenticator makes no second.
    const again = await newOptions()
    expect(again.user.id).toBe(made.user.id)
    const known = { id: passkey.id, type: 'public-key', transports: ['internal', 'hybrid'] }
    expect(again.excludeCredentials).toEqual([known])

    const params = { id: added.body.id }
    expect((await call('deletePasskey', { params })).status).toBe(204)
    expect(await call('deletePasskey', { params })).toBeProblem('not-found')
    const gone = await signIn(authenticator.get(await options(), passkey))
    expect(gone).toBeProblem('invalid-credentials')
    expect(await eventsOf(await accountId())).toEqual(
      expect.arrayContaining(['passkey.added', 'signin.succeeded', 'passkey.removed']),
    )
  })

  test('signing in waits for three trips, and costs five commands at most', async () => {
    const { passkey } = await register()
    await signIn(authenticator.get(await options(), passkey))
    const { headers } = await signIn(authenticator.get(await options(), passkey))
    const [, trips, commands] =
      /desc="(\d) trips, (\d) commands"/.exec(headers.get('server-timing') ?? '') ?? []
    expect(Number(trips)).toBeLessThanOrEqual(3)
    expect(Number(commands)).toBeLessThanOrEqual(5)
  })

  test('the cookies of a login are given to pages of this origin, and to programs', async () => {
    const { passkey } = await register()
    const login = async (headers: Record<string, string>): Promise<Response> => {
      const credential = authenticator.get(await options(), passkey)
      return api.send('logInByPasskey', { body: { credential } }, headers)
    }
    const entered = await login({ 'Sec-Fetch-Site': 'same-origin' })
    expect(await entered.json()).toEqual({ message: 'Logged in', content: { user, level: 0 } })
    expect(entered.headers.getSetCookie()).toHaveLength(2)
    const foreign = await login({ 'Sec-Fetch-Site': 'cross-site' })
    await expect(foreign).toBeProblem('csrf-failed')
    expect(foreign.headers.getSetCookie()).toEqual([])
  })

  test('what does not hold is refused with the bytes of a wrong password', async () => {
    const { passkey } = await register()
    const other = await register()
    const wrong = await call('signIn', { body: { user, password: 'wrong' }, as: '' })
    const bytes = ({ body }: Answer) => JSON.stringify({ ...body, instance: '', requestId: '' })
    const deviations: Record<string, Deviation> = {
      'a signature of another key': { bogus: true },
      'no user present': { userPresent: false },
      'no user verified': { userVerified: false },
      'another origin': { origin: 'https://evil.example.com' },
      'another RP id': { rpId: 'example.com' },
      'a challenge that was never given': { challenge: 'A'.repeat(43) },
      'another user handle': { userHandle: 'QQ' },
      'no user handle': { userHandle: null },
      'a registration': { type: 'webauthn.create' },
      'in a frame of another origin': { clientData: { crossOrigin: true } },
    }
    for (const [name, deviation] of Object.entries(deviations)) {
      const answer = await signIn(authenticator.get(await options(), passkey, deviation))
      expect(answer, name).toBeProblem('invalid-credentials')
      expect(bytes(answer), name).toBe(bytes(wrong))
    }
    const swapped = authenticator.get(await options(), { ...passkey, id: other.passkey.id })
    expect(await signIn(swapped)).toBeProblem('invalid-credentials')
    const unknown = authenticator.get(await options(), { ...passkey, id: 'A'.repeat(43) })
    expect(bytes(await signIn(unknown))).toBe(bytes(wrong))
    // A text that no bytes have.
    for (const name of ['authenticatorData', 'signature'] as const) {
      const { response, ...credential } = authenticator.get(await options(), passkey)
      const text = 'A'.repeat(response[name].length - (response[name].length % 4) + 1)
      const answer = await signIn({ ...credential, response: { ...response, [name]: text } })
      expect(answer, text).toBeProblem('validation-error')
    }
    await api.command('HSET', `user:${user}`, 'disabled', '1')
    const disabled = await signIn(authenticator.get(await options(), passkey))
    expect(bytes(disabled)).toBe(bytes(wrong))
    await api.command('HSET', `user:${user}`, 'disabled', '0')
    expect((await signIn(authenticator.get(await options(), passkey))).status).toBe(200)
  })

  test('an assertion is accepted once, also of 50 at the same time, and a challenge serves one purpose', async () => {
    const { passkey } = await register()
    const credential = authenticator.get(await options(), passkey)
    const before = Number(await api.command('ZCARD', `sessions:${user}`))
    const answers = await Promise.all(Array.from({ length: 50 }, () => signIn(credential)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(await api.command('ZCARD', `sessions:${user}`)).toBe(before + 1)
    expect(await signIn(credential)).toBeProblem('invalid-credentials')

    const ofRegistration = authenticator.get({ ...(await newOptions()), rpId: 'x' }, passkey)
    expect(await signIn(ofRegistration)).toBeProblem('invalid-credentials')
    const ofSignIn = authenticator.create({ ...(await newOptions()), ...(await options()) })
    expect(await add(ofSignIn.credential)).toBeProblem('validation-error')
    // A failed try has used its challenge up, too.
    const asked = await options()
    await signIn(authenticator.get(asked, passkey, { userVerified: false }))
    expect(await signIn(authenticator.get(asked, passkey))).toBeProblem('invalid-credentials')
  })

  test('a challenge lives for five minutes', async () => {
    await options()
    const keys = (await api.command('KEYS', 'challenge:*')) as string[]
    for (const key of keys) {
      const left = Number(await api.command('PTTL', String(key)))
      expect(left).toBeGreaterThan(0)
      expect(left).toBeLessThanOrEqual(300_000)
    }
  })

  test('a passkey that was not made for this account, with its user verified, is not added', async () => {
    const deviations: Record<string, Deviation> = {
      'no user present': { userPresent: false },
      'no user verified': { userVerified: false },
      'another origin': { origin: 'https://evil.example.com' },
      'another RP id': { rpId: 'example.com' },
      'another challenge': { challenge: 'A'.repeat(43) },
      'an assertion': { type: 'webauthn.get' },
      'in a frame of another origin': { clientData: { crossOrigin: true } },
    }
    for (const [name, deviation] of Object.entries(deviations)) {
      const { credential } = authenticator.create(await newOptions(), deviation)
      expect(await add(credential), name).toBeProblem('validation-error', {
        errors: [{ pointer: '#/credential' }],
      })
    }
    const other = 'passkey-other@home.org'
    await api.account(other)
    const { credential } = authenticator.create(await newOptions(await enter(other)))
    expect(await add(credential)).toBeProblem('validation-error')
    const own = authenticator.create(await newOptions())
    const renamed = { ...own.credential, id: 'A'.repeat(43), rawId: 'A'.repeat(43) }
    expect(await add(renamed)).toBeProblem('validation-error')
    // Its public key is no point of the curve: nobody could sign in with it.
    const { credential: offCurve } = authenticator.create(await newOptions())
    const attestation = Buffer.from(offCurve.response.attestationObject, 'base64url')
    attestation.writeUInt8(
      attestation.readUInt8(attestation.length - 1) ^ 1,
      attestation.length - 1,
    )
    offCurve.response.attestationObject = attestation.toString('base64url')
    expect(await add(offCurve)).toBeProblem('validation-error')
    for (const body of [{}, { name: 'x' }, { name: '', credential: own.credential }]) {
      expect(await call('createPasskey', { body })).toBeProblem('validation-error')
    }
    expect((await call('listPasskeys')).body.data).toEqual([])
  })

  test('a credential belongs to one account', async () => {
    const { passkey } = await register()
    const other = 'passkey-second@home.org'
    await api.account(other)
    const as = await enter(other)
    const made = authenticator.create(await newOptions(as))
    // Its id is somebody's already.
    await api.command(
      'RENAME',
      `passkey:${await hashOf(passkey.id)}`,
      `passkey:${await hashOf(made.passkey.id)}`,
    )
    expect(await add(made.credential, {}, as)).toBeProblem('conflict')
  })

  test('adding one wants a fresh sign-in, and the same credential comes again with the password', async () => {
    await api.command('HSET', `session:${sessionOf(token)}`, 'createdAt', '1')
    const { credential } = authenticator.create(await newOptions())
    expect(await add(credential)).toBeProblem('fresh-signin-required')
    expect(await add(credential, { current: 'wrong' })).toBeProblem('invalid-credentials')
    expect((await add(credential, { current: 'password' })).status).toBe(201)
    expect(await add(credential, { current: 'password' })).toBeProblem('validation-error')
  })

  test('a passkey makes the sign-in of its own account fresh, and of no other', async () => {
    const { passkey } = await register()
    await api.command('HSET', `session:${sessionOf(token)}`, 'createdAt', '1')
    const key = { body: { name: 'A key', scopes: ['movies:read'] } }
    expect(await call('createKey', key)).toBeProblem('fresh-signin-required')
    const prove = async (deviation: Deviation = {}, as = token): Promise<Answer> => {
      const credential = authenticator.get(await options(), passkey, deviation)
      return call('freshenSignIn', { body: { credential }, as })
    }
    expect(await prove({ userVerified: false })).toBeProblem('invalid-credentials')
    const other = 'passkey-third@home.org'
    await api.account(other)
    expect(await prove({}, await enter(other))).toBeProblem('invalid-credentials')
    expect(await call('createKey', key)).toBeProblem('fresh-signin-required')
    expect((await prove()).status).toBe(204)
    expect((await call('createKey', key)).status).toBe(201)
    for (const body of [
      {},
      { current: 'x', credential: authenticator.get(await options(), passkey) },
    ])
      expect(await call('freshenSignIn', { body })).toBeProblem('validation-error')
  })

  test('a sign count that falls back is told of, and locks nobody out', async () => {
    const { passkey } = await register(token, { signCount: 3 })
    const enterWith = async (signCount: number): Promise<number> => {
      const credential = authenticator.get(await options(), passkey, { signCount })
      return (await signIn(credential)).status
    }
    const told = async (): Promise<number> =>
      (await eventsOf(await accountId())).filter((type) => type === 'passkey.counter').length
    expect([await enterWith(4), await enterWith(9), await told()]).toEqual([200, 200, 0])
    expect([await enterWith(9), await told()]).toEqual([200, 1])
    expect([await enterWith(2), await told()]).toEqual([200, 2])
    // Those of authenticators that do not count.
    const synced = await register()
    for (let use = 0; use < 2; use++) {
      const credential = authenticator.get(await options(), synced.passkey, { signCount: 0 })
      expect((await signIn(credential)).status).toBe(200)
    }
    expect(await told()).toBe(2)
  })

  test('the last way in cannot be taken away, also when two are at once', async () => {
    const [first, second] = [await register(), await register()]
    const entered = await signIn(authenticator.get(await options(), first.passkey))
    const as = entered.body.JWT
    await api.command('HDEL', `user:${user}`, 'password')
    const remove = (id: string) => call('deletePasskey', { params: { id }, as })
    const both = await Promise.all([remove(first.id), remove(second.id)])
    expect(both.map(({ status }) => status).sort()).toEqual([204, 409])
    const [left] = (await call('listPasskeys', { as })).body.data
    expect(await remove(left.id)).toBeProblem('conflict')
    // An identity elsewhere is a way in, too.
    await api.command('HSET', `identities:${await accountId()}`, 'github', '{}')
    expect((await remove(left.id)).status).toBe(204)
  })

  test('an account without a password signs in by its passkey alone', async () => {
    const { passkey } = await register()
    await api.command('HDEL', `user:${user}`, 'password')
    expect((await signIn(authenticator.get(await options(), passkey))).status).toBe(200)
    const byPassword = await call('signIn', { body: { user, password: 'password' }, as: '' })
    expect(byPassword).toBeProblem('invalid-credentials')
  })

  test('somebody else’s passkey is as if it were not there', async () => {
    const { id } = await register()
    const other = 'passkey-fourth@home.org'
    await api.account(other)
    const as = await enter(other)
    expect(await call('deletePasskey', { params: { id }, as })).toBeProblem('not-found')
    expect((await call('listPasskeys', { as })).body.data).toEqual([])
  })

  test('an account may have fifty', async () => {
    await register()
    const [entry] = (await api.command('HVALS', `passkeys:${await accountId()}`)) as string[]
    for (let index = 1; index < 50; index++) {
      await api.command('HSET', `passkeys:${await accountId()}`, `filler-${index}`, String(entry))
    }
    const { credential } = authenticator.create(await newOptions())
    expect(await add(credential)).toBeProblem('conflict')
  })

  test('an account that is deleted leaves nothing, and its passkey opens nothing of the next one', async () => {
    const { passkey } = await register()
    const id = await accountId()
    await api.account('passkey-admin@home.org', 9)
    const as = await enter('passkey-admin@home.org')
    const exported = await call('exportUser', { params: { id }, as })
    expect(exported.body.passkeys).toMatchObject([{ name: 'My phone', backedUp: false }])
    expect(exported.text).not.toMatch(/signCount|credential|record|kty/)
    expect((await call('deleteUser', { params: { id }, as })).status).toBe(204)
    const record = `passkey:${await hashOf(passkey.id)}`
    expect(await api.command('EXISTS', `passkeys:${id}`, record)).toBe(0)
    await api.account(user)
    expect(await signIn(authenticator.get(await options(), passkey))).toBeProblem(
      'invalid-credentials',
    )
  })

  test('an account typed anew under the address is not opened by the passkey of the one before', async () => {
    const { passkey } = await register()
    await api.account(user)
    await enter(user)
    expect(await signIn(authenticator.get(await options(), passkey))).toBeProblem(
      'invalid-credentials',
    )
  })
})

test('at an IP address there are no passkeys, whoever asks', async () => {
  for (const origin of ['http://127.0.0.1:3000', 'http://[::1]:3000']) {
    const api = await startApi({ host: 'in-process', origin })
    await api.account('me@home.org')
    const entered = await api.send('signIn', {
      body: { user: 'me@home.org', password: 'password' },
    })
    const { JWT } = await entered.json()
    const ids = ['newPasskeyOptions', 'createPasskey', 'listPasskeys', 'deletePasskey'] as const
    for (const id of [...ids, 'passkeyOptions', 'signInByPasskey', 'logInByPasskey'] as const) {
      for (const headers of [{}, bearer(JWT)]) {
        const sample = { params: { id: 'x' }, ...(id === 'listPasskeys' ? {} : { body: {} }) }
        await expect(await api.send(id, sample, headers), id).toBeProblem('not-found')
      }
    }
    await api.stop()
  }
})

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Buffer.from(digest).toString('base64url')
}

import { test } from '@playwright/test'
import { compareSync } from 'bcryptjs'
import { URI } from 'otpauth'
import { type Answer, read } from '../../../test/support/api.ts'
import { SECRET_RTOKEN, secret } from '../../../test/support/environment.ts'
import { type InProcess, QUICK_PASSWORDS } from '../../../test/support/in-process.ts'
import { expect } from '../../../test/support/problem.ts'
import { startApi } from '../../../test/support/start-api.ts'
import { withTotp } from '../../../test/support/totp.ts'
import type { Passwords } from '../passwords/password.ts'

/** Compares without a queue, so that as many as want to sign in at once. */
const NO_QUEUE: Passwords = {
  ...QUICK_PASSWORDS,
  matches: async (password, hash) => ({
    ok: true,
    value: hash !== undefined && compareSync(password, hash),
  }),
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

test.describe('TOTP', () => {
  let api: InProcess
  let user = ''
  let users = 0
  test.beforeAll(async () => {
    const limits = { 'signin-account': 5 }
    const env = { APP_NAME: 'Star Catalogue' }
    api = await startApi({ host: 'in-process', limits, env, deps: { passwords: NO_QUEUE } })
  })
  test.afterAll(() => api.stop())
  test.beforeEach(() => {
    user = `totp-${++users}@home.org`
    return api.account(user)
  })

  async function signIn(more: object = {}): Promise<Answer> {
    return read(await api.send('signIn', { body: { user, password: 'password', ...more } }))
  }

  /** The kinds of the account's events, the newest first. */
  async function eventsOf(accountId: string): Promise<string[]> {
    await api.settled()
    const entries = (await api.command('XREVRANGE', 'events', '+', '-')) as [string, string[]][]
    const events = entries.map(([, words]) => words.map(String))
    return events.filter((words) => words.includes(accountId)).map((words) => words[1] ?? '')
  }

  /** Everything that the store has, in one text. */
  async function wholeStore(): Promise<string> {
    const values: string[] = []
    for (const key of (await api.command('KEYS', '*')) as string[]) {
      const type = String(await api.command('TYPE', String(key)))
      if (type === 'hash') values.push(String(await api.command('HGETALL', String(key))))
      if (type === 'string') values.push(String(await api.command('GET', String(key))))
      if (type === 'stream') values.push(String(await api.command('XRANGE', String(key), '-', '+')))
      values.push(String(key))
    }
    return values.join('\n')
  }

  test('from its first code on a sign-in wants one, and says so to whoever has the password', async () => {
    const { JWT } = (await signIn()).body
    const start = { body: { current: 'password' } }
    const started = await read(await api.send('startTotp', start, bearer(JWT)))
    expect([started.status, Object.keys(started.body)]).toEqual([200, ['secret', 'uri']])
    const app = URI.parse(started.body.uri)
    expect(app).toMatchObject({ issuer: 'Star Catalogue', label: user, algorithm: 'SHA1' })
    expect(app).toMatchObject({ digits: 6, period: 30 })
    expect(app.secret.base32).toBe(started.body.secret)
    // Nothing is wanted before the app has shown that it has the secret.
    expect((await signIn()).status).toBe(200)

    const { accountId, secret, recoveryCodes, code } = await withTotp(api, user)
    expect(recoveryCodes).toHaveLength(10)
    expect(new Set(recoveryCodes).size).toBe(10)
    const wanted = await signIn()
    expect(wanted).toBeProblem('second-factor-required')
    expect(wanted.headers.get('www-authenticate')).toBe('Bearer realm="usher"')
    const login = { body: { user, password: 'password' } }
    await expect(await api.send('login', login)).toBeProblem('second-factor-required')
    const unknown = await signIn({ password: 'wrong' })
    expect(unknown).toBeProblem('invalid-credentials')
    const bytes = ({ body }: Answer) => JSON.stringify({ ...body, requestId: '' })
    for (const wrong of [
      { code: '000000' },
      { code: 'x' },
      { code: '' },
      { password: 'no', code: code() },
    ])
      expect(bytes(await signIn(wrong))).toBe(bytes(unknown))

    await api.send('unlockUser', { params: { id: user } }, bearer(JWT))
    await api.command('HSET', `user:${user}`, 'unlockedAt', String(Date.now()))
    const entered = await signIn({ code: code() })
    expect(entered.status, entered.text).toBe(200)
    expect(await eventsOf(accountId)).toEqual(
      expect.arrayContaining(['totp.enabled', 'signin.succeeded', 'signin.failed']),
    )
    // Neither the secret nor a code is in the store.
    const kept = await wholeStore()
    for (const hidden of [
      secret,
      ...recoveryCodes,
      ...recoveryCodes.map((each) => each.replaceAll('-', '')),
    ])
      expect(kept).not.toContain(hidden)
  })

  test('a step is accepted once, one that is older not at all, and a disabled account never', async () => {
    const { code, accountId } = await withTotp(api, user)
    const used = code()
    expect((await signIn({ code: used })).status).toBe(200)
    expect(await signIn({ code: used })).toBeProblem('invalid-credentials')
    expect((await signIn({ code: code(1) })).status).toBe(200)
    expect(await signIn({ code: used })).toBeProblem('invalid-credentials')
    await api.command('HSET', `totp:${accountId}`, 'step', '0')
    await api.command('HSET', `user:${user}`, 'disabled', '1')
    expect(await signIn({ code: code() })).toBeProblem('invalid-credentials')
    expect(await signIn()).toBeProblem('invalid-credentials')
  })

  test('the code that turned it on signs nobody in', async () => {
    const { JWT } = (await signIn()).body
    const started = await api.send('startTotp', { body: { current: 'password' } }, bearer(JWT))
    const code = URI.parse((await started.json()).uri).generate()
    expect((await api.send('confirmTotp', { body: { code } }, bearer(JWT))).status).toBe(200)
    expect(await signIn({ code })).toBeProblem('invalid-credentials')
  })

  test('of 100 sign-ins at once with one code one succeeds, and of 100 with one recovery code', async () => {
    const open = await startApi({ host: 'in-process', deps: { passwords: NO_QUEUE } })
    await open.account(user)
    const { code, recoveryCodes } = await withTotp(open, user)
    for (const each of [code(), recoveryCodes[0]]) {
      const body = { user, password: 'password', code: each }
      const before = Number(await open.command('ZCARD', `sessions:${user}`))
      const tries = Array.from({ length: 100 }, () => open.send('signIn', { body }))
      const statuses = (await Promise.all(tries)).map(({ status }) => status)
      // On a machine that is busy some give up waiting for the store; the one that succeeds may be among them.
      const told = statuses.filter((status) => status !== 503)
      expect(told.filter((status) => status !== 401)).toEqual(told.includes(200) ? [200] : [])
      expect(await open.command('ZCARD', `sessions:${user}`)).toBe(before + 1)
    }
    await open.stop()
  })

  test('a recovery code works once, as people type it', async () => {
    const { recoveryCodes, accountId } = await withTotp(api, user)
    const [first = '', second = ''] = recoveryCodes
    const used = { code: first.toUpperCase().replaceAll('-', ' ') }
    expect((await signIn(used)).status).toBe(200)
    expect(await signIn(used)).toBeProblem('invalid-credentials')
    expect((await signIn({ code: second })).status).toBe(200)
    const events = await eventsOf(accountId)
    expect(events.filter((type) => type === 'recovery-code.used')).toHaveLength(2)
  })

  test('wrong codes count as failed sign-ins, and no used or made-up code clears them', async () => {
    const { code, rewind } = await withTotp(api, user)
    const used = code()
    expect((await signIn({ code: used })).status).toBe(200)
    await api.settled()
    // Asking what is wanted is no failure.
    for (let asked = 0; asked < 8; asked++) {
      expect(await signIn()).toBeProblem('second-factor-required')
    }
    for (const wrong of ['000000', used, 'aaaa-bbbb-cccc-dddd', used, '111111']) {
      expect(await signIn({ code: wrong }), wrong).toBeProblem('invalid-credentials')
      await api.settled()
    }
    await rewind()
    expect(await signIn({ code: code(1) })).toBeProblem('quota-exceeded')
  })

  test('a right code clears the failures', async () => {
    const { code, rewind } = await withTotp(api, user)
    for (let round = 0; round < 2; round++) {
      for (let wrong = 0; wrong < 4; wrong++) await signIn({ code: '000000' })
      await rewind()
      expect((await signIn({ code: code() })).status).toBe(200)
      await api.settled()
    }
  })

  test('the password alone does not clear the failures of codes, wherever it is compared', async () => {
    const { JWT } = await withTotp(api, user)
    for (let wrong = 0; wrong < 4; wrong++) await signIn({ code: '000000' })
    const proof = await api.send('freshenSignIn', { body: { current: 'password' } }, bearer(JWT))
    expect(proof.status).toBe(204)
    await signIn({ code: '000000' })
    expect(await signIn({ code: '000000' })).toBeProblem('quota-exceeded')
  })

  test('a new password, by whichever way, does not take the code away', async () => {
    const { code, rewind } = await withTotp(api, user)
    const hash = String(await api.command('HGET', `user:${user}`, 'password'))
    await api.command('HSET', `user:${user}`, 'reset', await tokenHash('token'))
    await api.command('HSET', `once:${await tokenHash('token')}`, 'kind', 'reset', 'uid', user)
    const reset = { body: { token: 'token', password: 'a long enough one' } }
    expect((await api.send('resetPassword', reset)).status).toBe(204)
    expect(await api.command('HGET', `user:${user}`, 'password')).not.toBe(hash)
    const password = 'a long enough one'
    expect(await signIn({ password })).toBeProblem('second-factor-required')
    await rewind()
    expect((await signIn({ password, code: code() })).status).toBe(200)
  })

  test('a sign-in with a code waits for three trips, and costs five commands', async () => {
    const { code, rewind } = await withTotp(api, user)
    await signIn({ code: code() })
    await rewind()
    await api.settled()
    api.trips.length = 0
    const { headers } = await signIn({ code: code() })
    await api.settled()
    expect(headers.get('server-timing')).toMatch(/desc="3 trips, [45] commands"/)
    const commands = api.trips.flatMap((trip) => trip.commands)
    const ofOthers = /^(metrics|blocks|limit:told:.*)$/
    const own = commands.filter(([, , , key = '']) => !ofOthers.test(key))
    expect(
      own.length,
      JSON.stringify(own.map(([name, , , key]) => [name, key])),
    ).toBeLessThanOrEqual(5)
  })

  test('turning it off wants a fresh sign-in and a code that was not used', async () => {
    const { JWT, code, rewind, accountId, recoveryCodes } = await withTotp(api, user)
    const off = async (body: object): Promise<Answer> =>
      read(await api.send('disableTotp', { body: { ...body } }, bearer(JWT)))
    const { sid } = JSON.parse(Buffer.from(JWT.split('.')[1] ?? '', 'base64url').toString())
    await api.command('HSET', `session:${sid}`, 'createdAt', '1')
    expect(await off({ code: code() })).toBeProblem('fresh-signin-required')
    expect(await off({ code: '000000', current: 'password' })).toBeProblem('invalid-credentials')
    expect((await signIn({ code: code() })).status).toBe(200)
    expect(await off({ code: code(), current: 'password' })).toBeProblem('invalid-credentials')
    await rewind()
    expect((await off({ code: code(), current: 'password' })).status).toBe(204)
    expect((await signIn()).status).toBe(200)
    expect((await signIn({ code: '000000' })).status).toBe(200)
    expect(await off({ code: code(), current: 'password' })).toBeProblem('not-found')
    expect(await eventsOf(accountId)).toContain('totp.disabled')
    expect(await api.command('EXISTS', `totp:${accountId}`)).toBe(0)
    expect(recoveryCodes).toHaveLength(10)
  })

  test('it is turned on once: whoever has the password alone puts no other secret there', async () => {
    const { JWT, code } = await withTotp(api, user)
    const send = (id: 'startTotp' | 'confirmTotp', body: Record<string, string>) =>
      api.send(id, { body }, bearer(JWT))
    await expect(await send('startTotp', { current: 'password' })).toBeProblem('conflict')
    await expect(await send('confirmTotp', { code: code(1) })).toBeProblem('conflict')
    await expect(await send('startTotp', { current: 'wrong' })).toBeProblem('invalid-credentials')
  })

  test('a secret that nobody confirmed is gone after ten minutes; a wrong code confirms nothing', async () => {
    const { JWT } = (await signIn()).body
    await api.send('startTotp', { body: { current: 'password' } }, bearer(JWT))
    const accountId = String(await api.command('HGET', `user:${user}`, 'id'))
    const left = Number(await api.command('PTTL', `totp:${accountId}`))
    expect(left).toBeGreaterThan(590_000)
    expect(left).toBeLessThanOrEqual(600_000)
    const wrong = await api.send('confirmTotp', { body: { code: '000000' } }, bearer(JWT))
    await expect(wrong).toBeProblem('invalid-credentials')
    expect((await signIn()).status).toBe(200)
  })

  test('an admin takes it away, and cannot turn it on', async () => {
    const { accountId } = await withTotp(api, user)
    await api.account('totp-admin@home.org', 9)
    const admin = await api.send('signIn', {
      body: { user: 'totp-admin@home.org', password: 'password' },
    })
    const { JWT } = await admin.json()
    const change = async (body: Record<string, unknown>): Promise<Answer> =>
      read(await api.send('changeUser', { params: { id: accountId }, body }, bearer(JWT)))
    for (const totp of [true, null, 0])
      expect(await change({ totp })).toBeProblem('validation-error')
    const changed = await change({ totp: false })
    expect([changed.status, changed.body.id]).toEqual([200, accountId])
    expect((await signIn()).status).toBe(200)
    expect(await api.command('EXISTS', `totp:${accountId}`)).toBe(0)
    expect(await eventsOf(accountId)).toContain('totp.disabled')
  })

  test('an account that ends leaves nothing of it', async () => {
    const { accountId } = await withTotp(api, user)
    await api.account('totp-admin@home.org', 9)
    const admin = await api.send('signIn', {
      body: { user: 'totp-admin@home.org', password: 'password' },
    })
    const headers = bearer((await admin.json()).JWT)
    const exported = await api.send('exportUser', { params: { id: accountId } }, headers)
    const text = await exported.text()
    expect(JSON.parse(text).totp).toEqual({ createdAt: expect.stringMatching(/^20\d\d-/) })
    expect(text).not.toMatch(/code:|step/)
    expect((await api.send('deleteUser', { params: { id: accountId } }, headers)).status).toBe(204)
    expect(await api.command('EXISTS', `totp:${accountId}`, `user:${user}`)).toBe(0)
  })

  test('a secret of the store that is copied to another account is worth nothing there', async () => {
    const { code } = await withTotp(api, user)
    const sealed = String(await api.command('HGET', `user:${user}`, 'totp'))
    const other = 'totp-copy@home.org'
    await api.account(other)
    await api.send('signIn', { body: { user: other, password: 'password' } })
    await api.command('HSET', `user:${other}`, 'totp', sealed)
    const body = { user: other, password: 'password', code: code() }
    await expect(await api.send('signIn', { body })).toBeProblem('invalid-credentials')
  })
})

test('a new SECRET_RTOKEN locks nobody out while the one before is named, and secrets are sealed anew', async () => {
  const before = await startApi({ host: 'in-process' })
  const user = 'rotated@home.org'
  await before.account(user)
  const { code, rewind, recoveryCodes } = await withTotp(before, user)
  const { url, token } = before.store
  const next = secret()
  const env = { SECRET_RTOKEN: next, SECRET_RTOKEN_PREVIOUS: SECRET_RTOKEN }
  const enter = async (env: Record<string, string>, code: string): Promise<number> => {
    const api = await startApi({ host: 'in-process', store: { url, token }, env })
    const answer = await api.send('signIn', { body: { user, password: 'password', code } })
    await api.stop()
    return answer.status
  }
  expect(await enter({ SECRET_RTOKEN: next }, code())).toBe(401)
  expect(await enter(env, code())).toBe(200)
  await rewind()
  // It was sealed anew: the one before is not needed any more.
  expect(await enter({ SECRET_RTOKEN: next }, code())).toBe(200)
  await rewind()
  expect(await enter({ SECRET_RTOKEN: secret() }, code())).toBe(401)
  expect(await enter({ SECRET_RTOKEN: secret() }, recoveryCodes[0] ?? '')).toBe(200)
  await before.stop()
})

async function tokenHash(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return Buffer.from(digest).toString('base64url')
}

import { test } from '@playwright/test'
import { read } from '../../../test/support/api.ts'
import type { InProcess } from '../../../test/support/in-process.ts'
import { expect } from '../../../test/support/problem.ts'
import { startApi } from '../../../test/support/start-api.ts'

/** Another for each test: sessions and guesses are counted by account. */
let user = ''
let users = 0
const CHALLENGE = 'Bearer realm="usher", error="insufficient_user_authentication", max_age=900'

test.describe('a fresh sign-in', () => {
  let api: InProcess
  test.beforeAll(async () => {
    api = await startApi({ host: 'in-process', limits: { 'signin-account': 5 } })
  })
  test.afterAll(() => api.stop())
  test.beforeEach(() => {
    user = `fresh-${++users}@home.org`
    return api.account(user)
  })

  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

  async function signIn(): Promise<{ JWT: string; sid: string }> {
    const answer = await api.send('signIn', { body: { user, password: 'password' } })
    const { JWT } = await answer.json()
    const { sid } = JSON.parse(Buffer.from(JWT.split('.')[1], 'base64url').toString())
    return { JWT, sid }
  }

  /** Moves the sign-in into the past: the clock is the store's. */
  async function age(sid: string, seconds: number): Promise<void> {
    const at = String(Date.now() - seconds * 1_000)
    await api.command('HSET', `session:${sid}`, 'createdAt', at)
    await api.command('HDEL', `session:${sid}`, 'fresh')
  }

  function makeKey(headers: Record<string, string>, more: object = {}): Promise<Response> {
    const body = { name: 'A key', scopes: ['movies:read'], ...more }
    return api.send('createKey', { body }, headers)
  }

  test('of less than 15 minutes ago is enough, and costs no trip', async () => {
    const { JWT, sid } = await signIn()
    await age(sid, 895)
    const made = await makeKey(bearer(JWT))
    expect(made.status).toBe(201)
    // Liveness, the quota and the key itself; the gate has counted in its memory.
    expect(made.headers.get('server-timing')).toMatch(/desc="[34] trips, [345] commands"/)
  })

  test('a session that ends while the body is on its way makes no way in', async () => {
    const { JWT, sid } = await signIn()
    const headers = { ...bearer(JWT), 'Content-Type': 'application/json' }
    for (const [path, body] of [
      ['/api/keys', { name: 'A key', scopes: ['movies:read'] }],
      ['/api/auth/totp', { current: 'password' }],
    ] as const) {
      await api.command('HSET', `session:${sid}`, 'st', 'live')
      const text = JSON.stringify(body)
      // The caller is proven before the body is read: here its owner ends the session in between.
      const pull = async (stream: ReadableStreamDefaultController) => {
        await api.command('HSET', `session:${sid}`, 'st', 'revoked')
        stream.enqueue(new TextEncoder().encode(text))
        stream.close()
      }
      // Nothing is read ahead.
      const slow = new ReadableStream({ pull }, { highWaterMark: 0 })
      const init = { method: 'POST', headers, body: slow, duplex: 'half' }
      const answer = await read(await api.ask(path, init as RequestInit))
      expect(answer, path).toBeProblem('invalid-token')
    }
    expect(await api.command('EXISTS', `keys:${user}`)).toBe(0)
  })

  test('of longer ago is refused with a challenge; the password in the body, or a proof, opens', async () => {
    const { JWT, sid } = await signIn()
    await age(sid, 905)
    const refused = await read(await makeKey(bearer(JWT)))
    expect(refused).toBeProblem('fresh-signin-required')
    expect(refused.headers.get('www-authenticate')).toBe(CHALLENGE)
    expect((await makeKey(bearer(JWT), { current: 'password' })).status).toBe(201)
    // The password was for that one request.
    await expect(await makeKey(bearer(JWT))).toBeProblem('fresh-signin-required')

    const proof = { body: { current: 'password' } }
    expect((await api.send('freshenSignIn', proof, bearer(JWT))).status).toBe(204)
    expect((await makeKey(bearer(JWT))).status).toBe(201)
    expect(await api.command('ZCARD', `sessions:${user}`)).toBe(1)
  })

  test('of another session is not enough', async () => {
    const old = await signIn()
    await age(old.sid, 905)
    const other = await signIn()
    await api.send('freshenSignIn', { body: { current: 'password' } }, bearer(other.JWT))
    await expect(await makeKey(bearer(old.JWT))).toBeProblem('fresh-signin-required')
  })

  test('an access cookie that is renewed on the way is fresh as long as its session is', async () => {
    const headers = { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' }
    const login = await api.send('login', { body: { user, password: 'password' } }, headers)
    const cookie = login.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
    const refreshOnly = (cookies: string[]) => ({
      ...headers,
      Cookie: cookies.find((each) => each.includes('refresh')) ?? '',
    })
    const made = await makeKey(refreshOnly(cookie))
    expect(made.status).toBe(201)
    const [sid = ''] = (await api.command('ZRANGE', `sessions:${user}`, '0', '-1')) as string[]
    await age(String(sid), 905)
    const renewed = made.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
    await expect(await makeKey(refreshOnly(renewed))).toBeProblem('fresh-signin-required')
  })

  test('a wrong password counts as a failed sign-in, here and at the proof', async () => {
    const { JWT, sid } = await signIn()
    await age(sid, 905)
    const wrong = { current: 'a guess' }
    for (let guess = 0; guess < 4; guess++) {
      const answer =
        guess % 2 === 0
          ? await makeKey(bearer(JWT), wrong)
          : await api.send('freshenSignIn', { body: wrong }, bearer(JWT))
      await expect(answer).toBeProblem('invalid-credentials')
    }
    // The right one clears the count.
    expect((await makeKey(bearer(JWT), { current: 'password' })).status).toBe(201)
    for (let guess = 0; guess < 5; guess++) {
      await expect(await makeKey(bearer(JWT), { current: 'no' })).toBeProblem('invalid-credentials')
    }
    await expect(await makeKey(bearer(JWT), { current: 'password' })).toBeProblem('quota-exceeded')
  })
})

test('FRESH_SIGNIN says how long it is fresh', async () => {
  const api = await startApi({ host: 'in-process', env: { FRESH_SIGNIN: '2m' } })
  await api.account('me@home.org')
  user = 'me@home.org'
  const answer = await api.send('signIn', { body: { user, password: 'password' } })
  const { JWT } = await answer.json()
  const [sid] = (await api.command('ZRANGE', `sessions:${user}`, '0', '-1')) as string[]
  const at = String(Date.now() - 125_000)
  await api.command('HSET', `session:${sid}`, 'createdAt', at)
  const body = { name: 'A key', scopes: ['movies:read'] }
  const refused = await api.send('createKey', { body }, { Authorization: `Bearer ${JWT}` })
  await expect(refused).toBeProblem('fresh-signin-required')
  expect(refused.headers.get('www-authenticate')).toContain('max_age=120')
  await api.stop()
})

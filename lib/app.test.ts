import { test } from '@playwright/test'
import { hashSync } from 'bcryptjs'
import { type Answer, read } from '../test/support/api.ts'
import type { InProcess } from '../test/support/in-process.ts'
import { expect } from '../test/support/problem.ts'
import { startApi } from '../test/support/start-api.ts'
import { type OwnStore, startStore } from '../test/support/store.ts'
import { createPasswords, type Passwords } from './auth/passwords/password.ts'

test.describe('the API as one fetch handler', () => {
  let store: OwnStore
  let call: OwnStore['command']
  const started: InProcess[] = []

  test.beforeAll(async () => {
    store = await startStore('embedded')
    call = store.command
    const hash = hashSync('password', 10)
    await call('HSET', 'user:me@home.org', 'password', hash, 'level', '0')
    await call('HSET', 'user:off@home.org', 'password', hash, 'level', '0', 'disabled', '1')
    await call('HSET', 'user:oauth@home.org', 'level', '0')
    await call('HSET', 'movie:Alien', 'director', 'Ridley Scott', 'year', '1979')
  })
  test.afterAll(async () => {
    // The last first: each gives the log back as it found it.
    for (const api of started.toReversed()) await api.stop()
    await store.stop()
  })

  type Client = (path: string, body?: unknown, token?: string) => Promise<Answer>

  /** @param compared Told how often a password was compared. */
  async function client(now: () => number, compared = { times: 0 }): Promise<Client> {
    const real = createPasswords(async () => undefined, now, { breathMs: 0 })
    const passwords: Passwords = {
      ...real,
      matches: (...compare) => {
        compared.times++
        return real.matches(...compare)
      },
    }
    const api = await startApi({ host: 'in-process', store, now, deps: { passwords } })
    started.push(api)
    return async (path, body, token) => {
      const headers = new Headers({ 'Content-Type': 'application/json' })
      if (token !== undefined) headers.set('Authorization', `Bearer ${token}`)
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      return read(await api.ask(path, { headers, ...init }))
    }
  }

  for (const minutes of [-5, 5]) {
    test(`an application clock ${minutes} minutes off changes nothing: sessions live by the store's`, async () => {
      const off = await client(() => Date.now() + minutes * 60_000)
      const signIn = await off('/api/auth/signin', { user: 'me@home.org', password: 'password' })
      expect(signIn.status).toBe(200)
      expect(signIn.body.refreshExpiresIn).toBe(2_592_000)
      const first = claimsOf(signIn.body.refresh)
      expect(Math.abs(first.iat - Date.now() / 1_000)).toBeLessThan(60)
      expect(first.exp - first.iat).toBe(2_592_000)
      expect((await off('/api/movies/Alien', undefined, signIn.body.JWT)).status).toBe(200)

      const rotated = await off('/api/auth/refresh', { refresh: signIn.body.refresh })
      const repeated = await off('/api/auth/refresh', { refresh: signIn.body.refresh })
      expect([rotated.status, repeated.status]).toEqual([200, 200])
      expect(repeated.body.refresh).toBe(rotated.body.refresh)

      // The grace ends by the store's clock: the rotation is moved back, the application's is not.
      const session = `session:${first.sid}`
      await call('HSET', session, 'at', String(Date.now() - 11_000))
      const late = await off('/api/auth/refresh', { refresh: signIn.body.refresh })
      expect(late).toBeProblem('invalid-refresh-token')
      expect(String(await call('HGET', session, 'st'))).toBe('revoked')
    })
  }

  test('an unknown user, a wrong password, a disabled and a password-less account cost the same, and are told the same', async () => {
    const compared = { times: 0 }
    const app = await client(Date.now, compared)
    const cases = {
      unknown: { user: 'nobody@home.org', password: 'password' },
      wrong: { user: 'me@home.org', password: 'wrong password' },
      disabled: { user: 'off@home.org', password: 'password' },
      'password-less': { user: 'oauth@home.org', password: 'password' },
      impossible: { user: 'no:address', password: 'password' },
    }
    // Whoever is the first opens the windows of their address.
    await app('/api/auth/signin', cases.wrong)
    const told: Record<string, unknown> = {}
    for (const [name, credentials] of Object.entries(cases)) {
      compared.times = 0
      const { status, headers, body } = await app('/api/auth/signin', credentials)
      const [, store] = /desc="(.*)"/.exec(headers.get('server-timing') ?? '') ?? []
      told[name] = { status, body: { ...body, requestId: '' }, store, comparisons: compared.times }
    }
    const { wrong } = told
    expect(wrong).toMatchObject({ status: 401, comparisons: 1, store: '2 trips, 3 commands' })
    for (const [name, outcome] of Object.entries(told)) expect(outcome, name).toEqual(wrong)
  })
})

function claimsOf(token: string): { sid: string; iat: number; exp: number } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

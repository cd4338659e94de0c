import { expect, test } from '@playwright/test'
import { type AppRig, PASSWORD, startApp } from '../test/support/app.ts'

const HOME = '192.0.2.1'
const ELSEWHERE = '198.51.100.7'
/** Of a user, in this file. */
const USER_LIMIT = 20

let rig: AppRig

test.beforeEach(async () => {
  rig = await startApp(1_000_000, { user: USER_LIMIT }, { TRUSTED_PROXY: 'proxy:1' })
})
test.afterEach(() => rig.close())

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

function ask(path: string, headers: Record<string, string>, init: RequestInit = {}) {
  return rig.ask(path, { ...init, headers: { 'X-Forwarded-For': HOME, ...headers } })
}

/** Another session of an account that is there. */
async function signIn(user: string): Promise<string> {
  const body = JSON.stringify({ user, password: PASSWORD })
  const headers = { 'Content-Type': 'application/json' }
  const answer = await ask('/api/auth/signin', headers, { method: 'POST', body })
  return (await answer.json()).JWT
}

/** Which quota the answer says was counted, and how much of it is left. */
function counted(answer: Response): [policy: string, left: number] {
  const [, policy = '', left = ''] =
    /"(\w+)";r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '') ?? []
  return [policy, Number(left)]
}

function sessionOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid
}

/** Reads what is open to everybody, with a credential, from an address that is not its owner's. */
async function readAll(headers: Record<string, string>, times: number): Promise<Set<string>> {
  const policies = new Set<string>()
  for (let index = 0; index < times; index++) {
    const answer = await ask('/api/reviews', { 'X-Forwarded-For': ELSEWHERE, ...headers })
    policies.add(counted(answer)[0])
    await rig.settle()
  }
  return policies
}

for (const [how, end] of Object.entries({
  'logging out': (dead: string) => ask('/api/auth/logout', bearer(dead), { method: 'POST' }),
  'ending it from another session': (dead: string, live: string) =>
    ask(`/api/auth/sessions/${sessionOf(dead)}`, bearer(live), { method: 'DELETE' }),
})) {
  test(`a session that was ended by ${how} uses nothing of its owner's quota`, async () => {
    const dead = await rig.enter('ender@home.org', 0)
    const live = await signIn('ender@home.org')
    const before = await ask('/api/profile', bearer(live))
    expect(before.status).toBe(200)
    expect((await end(dead, live)).status).toBe(204)
    const policies = await readAll(bearer(dead), 25)
    expect([...policies]).toEqual(['anonymous'])
    const after = await ask('/api/profile', bearer(live))
    expect([after.status, ...counted(after)]).toEqual([200, 'user', expect.any(Number)])
    // The operation itself was counted too, where it is one that counts as its user.
    expect(counted(before)[1] - counted(after)[1]).toBeLessThanOrEqual(2)
  })
}

test('ending all sessions at once is noted of each', async () => {
  const first = await rig.enter('all-ended@home.org', 0)
  const second = await signIn('all-ended@home.org')
  const ended = await ask('/api/auth/sessions', bearer(second), { method: 'DELETE' })
  expect(ended.status).toBe(204)
  for (const dead of [first, second]) {
    expect([...(await readAll(bearer(dead), 1))]).toEqual(['anonymous'])
  }
})

test('a session that was ended in another isolate is noticed on reads that are open to everybody', async () => {
  const dead = await rig.enter('ended-there@home.org', 0)
  const live = await signIn('ended-there@home.org')
  await rig.command('HSET', `session:${sessionOf(dead)}`, 'st', 'revoked')
  await readAll(bearer(dead), 25)
  const answer = await ask('/api/profile', bearer(live))
  expect(answer.status, await answer.text()).toBe(200)
})

for (const [path, status] of [
  ['/api/movies', 401],
  ['/api/reviews', 200],
] as const) {
  test(`an API key that has ended soon counts as its address, not for its owner, at ${path}`, async () => {
    const owner = await rig.enter('keyed@home.org', 0)
    const made = await ask(
      '/api/keys',
      { ...bearer(owner), 'Content-Type': 'application/json' },
      { method: 'POST', body: JSON.stringify({ name: 'K', scopes: ['movies:read'] }) },
    )
    const { id, key } = await made.json()
    const headers = { 'X-Forwarded-For': ELSEWHERE, 'X-API-Key': key }
    expect((await ask('/api/movies', headers)).status).toBe(200)
    const ended = await ask(`/api/keys/${id}`, bearer(owner), { method: 'DELETE' })
    expect(ended.status).toBe(204)
    const statuses = new Set<number>()
    for (let index = 0; index < 25; index++) {
      statuses.add((await ask(path, headers)).status)
      await rig.settle()
    }
    expect([...statuses]).toEqual([status])
    const answer = await ask('/api/profile', bearer(owner))
    expect(answer.status, await answer.text()).toBe(200)
  })
}

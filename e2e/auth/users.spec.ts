import { account, leaveOneAdmin } from '../../test/support/accounts.ts'
import type { Answer, Api } from '../../test/support/api.ts'
import { expect, type TestStore, test } from '../../test/support/fixtures.ts'
import { tokenOf } from '../../test/support/outbox.ts'

test.describe.configure({ mode: 'serial' })

function change(api: Api, token: string, user: string, body: unknown): Promise<Answer> {
  return api.send(`/api/users/${encodeURIComponent(user)}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
}

function admin(store: TestStore): { user: string; password: string } {
  return {
    user: 'admin@home.org',
    password: store.users.find(({ level }) => level === 9)?.password ?? '',
  }
}

test('GET /api/users lists every account once, without a hash of a password', async ({
  api,
  store,
}) => {
  for (let index = 0; index < 7; index++)
    await account(store, `many-${index}@home.org`, { level: '0' })
  await store.call('HSET', 'user:many-0@home.org', 'createdAt', '9000000000000000')
  await store.call('SET', 'user:no-hash@home.org', 'x')
  const { JWT } = await api.signIn(admin(store))
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body, text } = await api.get(`/api/users?limit=3${cursor && `&cursor=${cursor}`}`, JWT)
    expect(text).not.toContain('$2b$')
    seen.push(...body.data.map(({ user }: { user: string }) => user))
    cursor = body.nextCursor
  }
  const stored = ((await store.call('KEYS', 'user:*')) as string[])
    .map((key) => key.slice(5))
    .sort()
  expect(seen).toEqual(expect.arrayContaining(['admin@home.org', 'many-6@home.org', 'me@home.org']))
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen.length).toBeLessThanOrEqual(stored.length)
})

test('PATCH sets a level, in force on the very next request of a token issued before', async ({
  api,
  store,
}) => {
  const { JWT } = await api.signIn(admin(store))
  const ivy = await account(store, 'ivy@home.org', { level: '0' })
  const token = (await api.signIn(ivy)).JWT
  expect((await api.get('/api/users', token)).status).toBe(403)
  const promoted = await change(api, JWT, 'ivy@home.org', { level: 9 })
  expect([promoted.status, promoted.body]).toEqual([
    200,
    {
      id: expect.stringMatching(/^u_[0-9A-Za-z]{16,}$/),
      user: 'ivy@home.org',
      level: 9,
      plan: 'free',
      emailVerified: true,
      disabled: false,
      createdAt: '2026-09-21T14:13:20.000Z',
    },
  ])
  expect((await api.get('/api/users', token)).status).toBe(200)
  await change(api, JWT, 'IVY@home.org', { level: 0 })
  expect(await api.get('/api/users', token)).toBeProblem('insufficient-scope')
})

test('PATCH disables: no token works, and enabling does not bring the sessions back', async ({
  api,
  store,
}) => {
  const { JWT } = await api.signIn(admin(store))
  const joe = await account(store, 'joe@home.org', { level: '0' })
  const { JWT: token, refresh } = await api.signIn(joe)
  expect((await change(api, JWT, joe.user, { disabled: true })).body.disabled).toBe(true)
  expect(await api.get('/api/profile', token)).toBeProblem('invalid-token')
  expect(await api.post('/api/auth/refresh', { refresh })).toBeProblem('invalid-refresh-token')
  expect(await api.post('/api/auth/signin', joe)).toBeProblem('invalid-credentials')
  expect((await change(api, JWT, joe.user, { disabled: false })).body.disabled).toBe(false)
  expect(await api.get('/api/profile', token)).toBeProblem('invalid-token')
  expect(await api.post('/api/auth/refresh', { refresh })).toBeProblem('invalid-refresh-token')
  await api.signIn(joe)
})

test('refresh against disabling: after the answer no token works', async ({ api, store }) => {
  const { JWT } = await api.signIn(admin(store))
  const lea = await account(store, 'lea@home.org', { level: '0' })
  for (let trial = 0; trial < 10; trial++) {
    await change(api, JWT, lea.user, { disabled: false })
    const { refresh } = await api.signIn(lea)
    const [rotated, disabled] = await Promise.all([
      api.post('/api/auth/refresh', { refresh }),
      change(api, JWT, lea.user, { disabled: true }),
    ])
    expect(disabled.status).toBe(200)
    if (rotated.status !== 200) continue
    expect(await api.get('/api/profile', rotated.body.JWT)).toBeProblem('invalid-token')
    expect((await api.post('/api/auth/refresh', { refresh: rotated.body.refresh })).status).toBe(
      401,
    )
  }
})

test('a link for a new password that was sent before an account was disabled is void after', async ({
  api,
  store,
  outbox,
}) => {
  const { JWT } = await api.signIn(admin(store))
  await account(store, 'paused@home.org')
  await api.post('/api/auth/password/forgot', { user: 'paused@home.org' })
  const token = tokenOf(await outbox.next('paused@home.org'))
  await change(api, JWT, 'paused@home.org', { disabled: true })
  await change(api, JWT, 'paused@home.org', { disabled: false })
  const body = { token, password: 'a long enough one' }
  expect((await api.post('/api/auth/password/reset', body)).status).toBe(401)
})

test('409 conflict for the last admin, also when two demote each other at once', async ({
  api,
  store,
}) => {
  const boss = admin(store)
  await leaveOneAdmin(store, boss.user)
  const { JWT } = await api.signIn(boss)
  await account(store, 'retired@home.org', { level: '9' })
  await store.call('HSET', 'user:retired@home.org', 'disabled', '1')
  await store.call('HSET', 'user:ghost@home.org', 'level', '9')
  for (const body of [{ level: 5 }, { disabled: true }, { level: 0, disabled: true }]) {
    expect(await change(api, JWT, boss.user, body), JSON.stringify(body)).toBeProblem('conflict')
  }
  const deputy = await account(store, 'deputy@home.org', { level: '9' })
  const second = (await api.signIn(deputy)).JWT
  const statuses = await Promise.all([
    change(api, JWT, deputy.user, { level: 0 }),
    change(api, second, boss.user, { level: 0 }),
  ])
  expect(statuses.map(({ status }) => status).sort()).not.toEqual([200, 200])
  const levels = [
    await store.call('HGET', 'user:admin@home.org', 'level'),
    await store.call('HGET', 'user:deputy@home.org', 'level'),
  ]
  expect(levels).toContain('9')
  await store.call('HSET', 'user:admin@home.org', 'level', '9')
  await store.call('DEL', 'user:deputy@home.org', 'user:retired@home.org', 'user:ghost@home.org')
})

test('404 for an account that is not there, which is not made; 422 for a level that is none', async ({
  api,
  store,
}) => {
  const { JWT } = await api.signIn(admin(store))
  for (const user of ['nobody@home.org', '*', 'a:b', 'no-hash@home.org']) {
    expect(await change(api, JWT, user, { level: 5 }), user).toBeProblem('not-found')
  }
  expect(await store.call('EXISTS', 'user:nobody@home.org')).toBe(0)
  for (const body of [
    {},
    { level: 10 },
    { level: '9' },
    { level: 1.5 },
    { disabled: 'no' },
    { password: 'x' },
  ]) {
    expect(await change(api, JWT, 'me@home.org', body), JSON.stringify(body)).toBeProblem(
      'validation-error',
    )
  }
})

test('an account is read, exported and deleted by its id or its address, with its keys and sessions', async ({
  api,
  store,
}) => {
  const { JWT } = await api.signIn(admin(store))
  const user = 'leaving@home.org'
  const { JWT: own } = await api.signIn(await account(store, user))
  const { id } = (await api.get('/api/profile', own)).body
  const made = await api.post('/api/keys', { name: 'Mine', scopes: ['movies:read'] }, own)
  const { id: keyId, key } = made.body
  const byId = await api.get(`/api/users/${id}`, JWT)
  expect(byId.body).toMatchObject({ id, user, level: 0, disabled: false, emailVerified: true })
  const byAddress = await api.get(`/api/users/${encodeURIComponent(user)}`, JWT)
  expect(byAddress.body).toEqual(byId.body)
  for (const nobody of ['u_0123456789abcdefghij', 'nobody@home.org', 'a:b', '%E2%80%AE'])
    expect((await api.get(`/api/users/${nobody}`, JWT)).status, nobody).toBe(404)

  const { body, text } = await api.get(`/api/users/${id}/export`, JWT)
  expect(body).toMatchObject({
    account: { id, user },
    sessions: [{ id: expect.any(String), userAgent: expect.any(String) }],
    keys: [{ id: keyId, name: 'Mine' }],
  })
  expect(text).not.toMatch(/\$2b\$|password|hash/)
  expect((await api.get(`/api/users/${id}/keys`, JWT)).body.data).toMatchObject([{ id: keyId }])

  const remove = (path: string): Promise<Answer> =>
    api.send(path, { method: 'DELETE', headers: { Authorization: `Bearer ${JWT}` } })
  const opens = async (): Promise<number> =>
    (await api.send('/api/movies?limit=1', { headers: { 'X-API-Key': key } })).status
  expect(await opens()).toBe(200)
  expect((await remove(`/api/users/${id}/keys/nothing`)).status).toBe(404)
  expect((await remove(`/api/users/${id}/keys/${keyId}`)).status).toBe(204)
  expect(await opens()).toBe(401)

  expect((await remove(`/api/users/${id}`)).status).toBe(204)
  expect((await remove(`/api/users/${id}`)).status).toBe(404)
  expect(await api.get('/api/profile', own)).toBeProblem('invalid-token')
  const keys = (await store.call('KEYS', '*')) as string[]
  expect(keys.filter((name) => name.includes(user))).toEqual([])
  // Events keep the id, and counts go with their windows.
  const named = keys.filter((name) => name.includes(id) && !/^(events|limit):/.test(name))
  expect(named).toEqual([])
  const boss = admin(store)
  await leaveOneAdmin(store, boss.user)
  const last = await remove(`/api/users/${encodeURIComponent(boss.user)}`)
  expect(last).toBeProblem('conflict')
})

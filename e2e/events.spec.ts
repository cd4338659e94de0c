import { account, sessionOf } from '../test/support/accounts.ts'
import type { Api } from '../test/support/api.ts'
import { expect, type TestStore, test } from '../test/support/fixtures.ts'

test.use({
  environment: {
    RATE_LIMITS:
      '{"signin":{"limit":100000,"window":"1d"},"signin-account":{"limit":3,"window":"1d"}}',
  },
})
test.describe.configure({ mode: 'serial' })

async function admin(api: Api, store: TestStore): Promise<string> {
  return (await api.signIn(await account(store, 'watcher@home.org', { level: '9' }))).JWT
}

test('what concerns an account’s safety is an event: who, what, when, from where', async ({
  api,
  store,
}) => {
  const JWT = await admin(api, store)
  const eve = await account(store, 'eve@home.org')
  const { refresh } = await api.signIn(eve)
  const failed = await api.post('/api/auth/signin', { ...eve, password: 'wrong' })
  await api.post('/api/auth/signin', { user: 'nobody-there@home.org', password: 'wrong' })
  const second = (await api.post('/api/auth/refresh', { refresh })).body.refresh
  await api.post('/api/auth/refresh', { refresh: second })
  await api.post('/api/auth/refresh', { refresh })
  await api.send('/api/users/eve%40home.org', {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${JWT}` },
    body: '{"level":5,"disabled":true}',
  })
  for (let index = 0; index < 4; index++) {
    await api.post('/api/auth/signin', { user: 'locked@home.org', password: 'wrong' })
  }

  await expect
    .poll(async () => {
      const { body } = await api.get('/api/events?limit=100', JWT)
      return body.data.map(({ type }: { type: string }) => type)
    })
    .toEqual(
      expect.arrayContaining([
        'throttled',
        'user.disabled',
        'level.changed',
        'token.reused',
        'signin.failed',
      ]),
    )
  const { body } = await api.get('/api/events?limit=100', JWT)
  const find = (type: string, user?: string) =>
    body.data.find(
      (event: { type: string; user?: string }) => event.type === type && event.user === user,
    )
  const idOf = (user: string): Promise<unknown> => store.call('HGET', `user:${user}`, 'id')
  const [eveId, watcherId] = [String(await idOf(eve.user)), await idOf('watcher@home.org')]
  expect(eveId).toMatch(/^u_/)
  expect(find('signin.failed', eveId)).toMatchObject({
    requestId: failed.headers.get('x-request-id'),
    ip: '127.0.0.1',
    at: expect.stringMatching(/^20\d\d-\d\d-\d\dT/),
    id: expect.stringMatching(/^\d+-\d+$/),
  })
  expect(find('token.reused', eveId)).toMatchObject({ session: sessionOf(refresh) })
  expect(find('level.changed', eveId)).toMatchObject({ level: 5, by: watcherId })
  expect(find('throttled')).toMatchObject({ policy: 'signin-account' })
  const watcher = sessionOf(JWT)
  const entered = body.data.find((event: { session?: string }) => event.session === watcher)
  expect(entered).toMatchObject({
    type: 'signin.succeeded',
    user: watcherId,
    ip: '127.0.0.1',
    requestId: expect.stringMatching(/^[\w-]{36}$/),
  })
  // What somebody typed, and no account has, is not kept.
  expect(find('signin.failed')).toBeDefined()
  expect(JSON.stringify(body)).not.toContain('@')
})

test('sessions that end, refused administration and a used-up quota name the user', async ({
  api,
  store,
}) => {
  const JWT = await admin(api, store)
  const user = 'ender@home.org'
  const own = await account(store, user)
  const [out, one, asking, all] = [
    await api.signIn(own),
    await api.signIn(own),
    await api.signIn(own),
    await api.signIn(own),
  ]
  const end = (path: string, token: string) =>
    api.send(path, { method: 'DELETE', headers: { Authorization: `Bearer ${token}` } })
  await api.post('/api/auth/logout', {}, out.JWT)
  await api.post('/api/auth/logout', {}, out.JWT)
  await end(`/api/auth/sessions/${sessionOf(one.JWT)}`, asking.JWT)
  expect((await api.get('/api/events', asking.JWT)).status).toBe(403)
  const patched = await api.send('/api/users/me%40home.org', {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${asking.JWT}` },
    body: '{"level":9}',
  })
  expect(patched.status).toBe(403)
  await end('/api/auth/sessions', all.JWT)
  for (let index = 0; index < 4; index++) {
    await api.post('/api/auth/signin', { user, password: 'wrong' })
  }

  const about = async () => {
    const { body } = await api.get('/api/events?limit=100&user=%20Ender@Home.ORG', JWT)
    return body.data.filter(({ type }: { type: string }) => type !== 'signin.succeeded')
  }
  await expect.poll(async () => (await about()).length).toBeGreaterThanOrEqual(9)
  const seen = (await about()).map(({ type, session, operation, policy }: Record<string, string>) =>
    [type, session, operation, policy].filter(Boolean).join(' '),
  )
  expect(seen.sort()).toEqual(
    [
      `access.refused ${sessionOf(asking.JWT)} GET /api/events`,
      `access.refused ${sessionOf(asking.JWT)} PATCH /api/users/{id}`,
      'session.ended',
      `session.ended ${sessionOf(out.JWT)}`,
      `session.ended ${sessionOf(one.JWT)}`,
      ...Array(3).fill('signin.failed'),
      'throttled signin-account',
    ].sort(),
  )
})

test('a kind, a user, or both: whatever else there is', async ({ api, store }) => {
  const JWT = await admin(api, store)
  const add = (type: string, user: string) =>
    store.call('XADD', 'events', '*', 'type', type, 'user', user)
  await add('key.created', 'filter-a@home.org')
  await add('key.deleted', 'filter-a@home.org')
  await add('key.created', 'filter-b@home.org')
  const found = async (query: string) => {
    const { status, body } = await api.get(`/api/events?limit=100&${query}`, JWT)
    expect(status).toBe(200)
    return body.data.map(({ type, user }: Record<string, string>) => `${type} ${user}`)
  }
  expect(await found('user=filter-a@home.org')).toEqual([
    'key.deleted filter-a@home.org',
    'key.created filter-a@home.org',
  ])
  expect(await found('type=key.created&user=filter-b@home.org')).toEqual([
    'key.created filter-b@home.org',
  ])
  const created = await found('type=key.created')
  expect(created.slice(0, 2)).toEqual([
    'key.created filter-b@home.org',
    'key.created filter-a@home.org',
  ])
  expect(created.every((each: string) => each.startsWith('key.created '))).toBe(true)
  expect(await found('user=nobody-there@home.org')).toEqual([])
  const wrong = await api.get('/api/events?type=key.made', JWT)
  expect(wrong).toBeProblem('validation-error', {
    errors: [{ pointer: '#/type', message: expect.stringContaining('key.created') }],
  })
})

test('pages, newest first, none missing and none twice', async ({ api, store }) => {
  const JWT = await admin(api, store)
  for (let index = 0; index < 7; index++) {
    await store.call('XADD', 'events', '*', 'type', 'signin.failed', 'user', `u${index}@home.org`)
  }
  const all = (await api.get('/api/events?limit=100', JWT)).body
  expect(all.data.slice(0, 2).map(({ user }: { user: string }) => user)).toEqual([
    'u6@home.org',
    'u5@home.org',
  ])
  const ids: string[] = []
  let cursor = ''
  do {
    const { status, body } = await api.get(`/api/events?limit=3${cursor}`, JWT)
    expect(status).toBe(200)
    ids.push(...body.data.map(({ id }: { id: string }) => id))
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
  } while (cursor !== '')
  expect(ids).toEqual(all.data.map(({ id }: { id: string }) => id))
})

test('403 for an editor; 422 for a cursor that is none', async ({ api, store }) => {
  const editor = await api.signIn(await account(store, 'ed@home.org', { level: '5' }))
  expect(await api.get('/api/events', editor.JWT)).toBeProblem('insufficient-scope')
  const JWT = await admin(api, store)
  for (const query of ['cursor=x', 'cursor=Kw', 'cursor=MC0w', 'limit=0', 'before=1']) {
    const answer = await api.get(`/api/events?${query}`, JWT)
    expect(answer, query).toBeProblem('validation-error')
  }
})

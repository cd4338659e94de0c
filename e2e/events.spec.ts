import { account, sessionOf } from './support/accounts.ts'
import { type Api, isProblem } from './support/api.ts'
import { expect, type TestStore, test } from './support/fixtures.ts'

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
  expect(find('signin.failed', 'eve@home.org')).toMatchObject({
    requestId: failed.headers.get('x-request-id'),
    ip: '127.0.0.1',
    at: expect.stringMatching(/^20\d\d-\d\d-\d\dT/),
    id: expect.stringMatching(/^\d+-\d+$/),
  })
  expect(find('token.reused', 'eve@home.org')).toMatchObject({ session: sessionOf(refresh) })
  expect(find('level.changed', 'eve@home.org')).toMatchObject({ level: 5, by: 'watcher@home.org' })
  expect(find('throttled')).toMatchObject({ policy: 'signin-account' })
  // What somebody typed, and no account has, is not kept.
  expect(find('signin.failed')).toBeDefined()
  expect(JSON.stringify(body)).not.toContain('nobody-there')
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
  expect(isProblem(await api.get('/api/events', editor.JWT), 'insufficient-scope', 403)).toBe(true)
  const JWT = await admin(api, store)
  for (const query of ['cursor=x', 'cursor=Kw', 'cursor=MC0w', 'limit=0', 'before=1']) {
    const answer = await api.get(`/api/events?${query}`, JWT)
    expect(isProblem(answer, 'validation-error', 422), query).toBe(true)
  }
})

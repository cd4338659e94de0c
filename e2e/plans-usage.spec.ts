import { account } from '../test/support/accounts.ts'
import type { Api } from '../test/support/api.ts'
import type { TestStore } from '../test/support/fixtures.ts'
import { expect, test } from '../test/support/fixtures.ts'

/** The demo's admin. */
function admin(store: TestStore): { user: string; password: string } {
  const found = store.users.find(({ level }) => level === 9)
  return { user: found?.id ?? '', password: found?.password ?? '' }
}

/** What the gate does not share with endpoints under Next: plans, and who counts what. */

test('usage has each request once, whether the gate or an endpoint has answered', async ({
  api,
  store,
}) => {
  const user = await account(store, 'used@home.org')
  const { JWT } = await api.signIn(user)
  const made = await api.post('/api/keys', { name: 'K', scopes: ['movies:read'] }, JWT)
  const { id, key } = made.body
  const byKey = { headers: { 'X-API-Key': key } }
  const asked: Record<string, [count: number, send: (api: Api) => Promise<unknown>]> = {
    'GET /api/movies/{id}': [3, () => api.get('/api/movies/Pulp%20Fiction', JWT)],
    'GET /api/movies': [2, () => api.send('/api/movies?limit=1', byKey)],
    'GET /api/reviews': [2, () => api.send('/api/reviews?limit=1', byKey)],
    'GET /api/books': [2, () => api.get('/api/books?limit=1', JWT)],
    'GET /api/users': [2, () => api.get('/api/users', JWT)],
    'GET /api/openapi.json': [1, () => api.get('/api/openapi.json', JWT)],
    // The gate refuses it.
    'POST /api/auth/password': [
      2,
      () =>
        api.send('/api/auth/password', {
          method: 'POST',
          headers: { Authorization: `Bearer ${JWT}`, 'Content-Type': 'text/plain' },
          body: 'x',
        }),
    ],
    // What follows an endpoint refuses: one that hashes, and one that is for anyone.
    'POST /api/auth/generatepassword': [
      1,
      () => api.post('/api/auth/generatepassword', { password: 'x' }, JWT),
    ],
    'POST /api/auth/fresh': [2, () => api.post('/api/auth/fresh', { current: 'wrong' }, JWT)],
    'GET /api/auth/providers': [1, () => api.get('/api/auth/providers?nope=1', JWT)],
  }
  for (const [count, send] of Object.values(asked)) {
    for (let index = 0; index < count; index++) await send(api)
  }
  const counts = {
    'POST /api/keys': 1,
    ...Object.fromEntries(Object.entries(asked).map(([name, [count]]) => [name, count])),
  }
  const boss = (await api.signIn(admin(store))).JWT
  const usage = async (split: string) =>
    (await api.get(`/api/users/used@home.org/usage?split=${split}`, boss)).body.data
  await expect
    .poll(async () =>
      Object.fromEntries(
        (await usage('operation')).map((row: { operation: string; requests: number }) => [
          row.operation,
          row.requests,
        ]),
      ),
    )
    .toEqual(counts)
  const rows = await usage('operation')
  const of = (name: string) => rows.find((row: { operation: string }) => row.operation === name)
  expect(of('GET /api/users')).toMatchObject({ requests: 2, errors: 2, denied: 0 })
  expect(of('POST /api/auth/password')).toMatchObject({ requests: 2, errors: 2 })
  expect(of('POST /api/auth/generatepassword')).toMatchObject({ requests: 1, errors: 1 })
  expect(of('POST /api/auth/fresh')).toMatchObject({ requests: 2, errors: 2 })
  expect(of('GET /api/auth/providers')).toMatchObject({ requests: 1, errors: 1 })
  expect(of('GET /api/openapi.json')).toMatchObject({ requests: 1, errors: 0 })
  const byKeys = await usage('key')
  expect(byKeys.find((row: { key?: string }) => row.key === id)).toMatchObject({ requests: 4 })
  const month = (await api.get('/api/users/used@home.org/usage', boss)).body
  const sum = Object.values(counts).reduce((total, count) => total + count, 0)
  expect([month.total.requests, month.month.used]).toEqual([sum, sum])
  const top = await api.get('/api/usage/top', boss)
  expect(top.status).toBe(200)
  expect(top.body.data.length).toBeGreaterThan(0)
})

test('a plan that an admin sets holds soon, with the token that was there before', async ({
  api,
  store,
}) => {
  const user = await account(store, 'planned@home.org')
  const { JWT } = await api.signIn(user)
  const policy = async (): Promise<string> =>
    (await api.get('/api/profile', JWT)).headers.get('ratelimit-policy') ?? ''
  expect(await policy()).toContain('"month";q=1000000;')
  const boss = (await api.signIn(admin(store))).JWT
  const changed = await api.send('/api/users/planned@home.org', {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${boss}` },
    body: '{"plan":"pro"}',
  })
  expect([changed.status, changed.body.plan]).toEqual([200, 'pro'])
  await expect.poll(policy).toMatch(/^"user";q=3000;w=60, "month";q=3000000;w=\d+$/)
})

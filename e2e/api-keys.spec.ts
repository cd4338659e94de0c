import { account } from '../test/support/accounts.ts'
import type { Api } from '../test/support/api.ts'
import { expect, isHousekeeping, type TestStore, test } from '../test/support/fixtures.ts'

async function owner(
  api: Api,
  store: TestStore,
  user: string,
  fields: Record<string, string> = {},
): Promise<string> {
  const made = await account(store, user, { createdAt: '1790000000001', ...fields })
  return (await api.signIn(made)).JWT
}

const make = (api: Api, token: string, more: object = {}) =>
  api.post('/api/keys', { name: 'A key', scopes: ['movies:read'], ...more }, token)

const use = (api: Api, key: string, path: string, init: RequestInit = {}) =>
  api.send(path, {
    ...init,
    headers: { 'X-API-Key': key, 'Content-Type': 'application/json', ...init.headers },
  })

test('a key is shown once, reaches its scopes and nothing else', async ({ api, store }) => {
  const JWT = await owner(api, store, 'keys@home.org', { level: '9' })
  const made = await make(api, JWT, { limit: 100, expiresIn: 3_600 })
  expect(made.status).toBe(201)
  expect(made.body).toEqual({
    id: expect.stringMatching(/^\w{16}$/),
    key: expect.stringMatching(/^usher_test_[0-9A-Za-z]{16}_[0-9A-Za-z]{38}$/),
    name: 'A key',
    prefix: `usher_test_${made.body.id}`,
    scopes: ['movies:read'],
    limit: 100,
    expiresAt: expect.stringMatching(/^\d{4}-/),
  })
  const { key, id } = made.body
  const film = await use(api, key, '/api/movies/Pulp%20Fiction')
  expect([film.status, film.body.year]).toEqual([200, 1994])
  expect(film.headers.get('ratelimit-policy')).toMatch(
    /^"key";q=100;w=60, "user";q=1000000;w=86400, "month";q=1000000;w=\d{7}$/,
  )
  expect(film.headers.get('cache-control')).toBe('no-store')
  expect((await use(api, key, '/api/movies?limit=1')).status).toBe(200)
  expect((await use(api, key, '/api/books/emma')).status).toBe(200)
  const more = await use(api, key, '/api/movies?limit=1')
  expect(more.headers.get('server-timing')).toContain('1 trips, 1 commands')

  const json = { method: 'POST', body: '{}' }
  for (const [path, init] of [
    ['/api/books', {}],
    ['/api/movies', json],
    ['/api/movies/Pulp%20Fiction', { method: 'DELETE' }],
    ['/api/keys', { method: 'POST', body: '{"name":"x","scopes":["movies:read"]}' }],
    ['/api/keys', {}],
    [`/api/keys/${id}/roll`, { method: 'POST' }],
    [`/api/keys/${id}`, { method: 'DELETE' }],
    ['/api/auth/password', { method: 'POST', body: '{"current":"password","password":"x"}' }],
    ['/api/auth/sessions', {}],
    ['/api/profile', {}],
    ['/api/users', {}],
    ['/api/events', {}],
  ] as const) {
    const refused = await use(api, key, path, init)
    expect(refused, path).toBeProblem('insufficient-scope')
  }
  const two = await use(api, key, '/api/movies', { headers: { Authorization: `Bearer ${JWT}` } })
  expect(two).toBeProblem('invalid-request')

  const listed = (await api.get('/api/keys', JWT)).body.data[0]
  expect(listed).toMatchObject({ id, name: 'A key', createdAt: expect.any(String) })
  expect(JSON.stringify(listed)).not.toContain(key)
  await expect
    .poll(async () => (await api.get('/api/keys', JWT)).body.data[0].lastUsedAt)
    .not.toBeNull()
  const stored = JSON.stringify(await store.call('HGETALL', `key:${id}`))
  expect(stored).not.toContain(key.slice(-38))
})

test('mistyped, unknown, ended and expired keys are 401; a mistyped one asks nothing', async ({
  api,
  store,
}) => {
  const JWT = await owner(api, store, 'lost-keys@home.org')
  const { key, id } = (await make(api, JWT)).body
  const mistyped = `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`
  const before = store.trips.length
  const answer = await use(api, mistyped, '/api/movies')
  expect(answer).toBeProblem('invalid-token')
  expect(answer.headers.get('server-timing')).toContain('0 trips, 0 commands')
  // The event of the key that was made may still be on its way: that is a write.
  const asked = store.trips.slice(before).filter((trip) => !isHousekeeping(trip))
  const reads = asked.flatMap(({ commands }) => commands.map(([name = '']) => name))
  expect(reads.filter((name) => !/^EVAL(SHA)?$/.test(name))).toEqual([])
  const body = key.slice(0, -6)
  for (const wrong of ['', 'x', key.slice(0, -1), `${key}0`, key.replace('_test_', '_live_'), body])
    expect(await use(api, wrong, '/api/movies')).toBeProblem('invalid-token')

  const short = (await make(api, JWT, { expiresIn: 1 })).body
  await expect.poll(async () => (await use(api, short.key, '/api/movies?limit=1')).status).toBe(401)
  expect((await use(api, key, '/api/movies?limit=1')).status).toBe(200)
  const other = await owner(api, store, 'other-keys@home.org')
  const remove = (token: string) =>
    api.send(`/api/keys/${id}`, { method: 'DELETE', headers: { Authorization: `Bearer ${token}` } })
  expect(await remove(other)).toBeProblem('not-found')
  expect((await remove(JWT)).status).toBe(204)
  const ended = await use(api, key, '/api/movies?limit=1')
  expect(ended).toBeProblem('invalid-token')
})

test('rolling: the new secret works at once, the old one for the overlap and no longer', async ({
  api,
  store,
}) => {
  const JWT = await owner(api, store, 'rolling@home.org')
  const first = (await make(api, JWT)).body
  const roll = (body: object) => api.post(`/api/keys/${first.id}/roll`, body, JWT)
  const second = (await roll({ overlap: 60 })).body
  expect(second).toEqual({ ...first, key: expect.stringContaining(first.prefix) })
  expect(second.key).not.toBe(first.key)
  const status = async (key: string) => (await use(api, key, '/api/movies?limit=1')).status
  expect([await status(first.key), await status(second.key)]).toEqual([200, 200])
  // The answers of rolls were lost: those that follow leave the key in use as it was promised.
  for (let index = 0; index < 3; index++) await roll({ overlap: 60 })
  expect(await status(first.key)).toBe(200)
  for (let index = 0; index < 2; index++) await roll({ overlap: 0 })
  const third = (await roll({ overlap: 0 })).body
  expect([await status(first.key), await status(second.key), await status(third.key)]).toEqual([
    401, 401, 200,
  ])
})

test('a key loses what its owner loses: level, account, and the account that comes after', async ({
  api,
  store,
}) => {
  const user = 'falling@home.org'
  const JWT = await owner(api, store, user, { level: '5' })
  const { key } = (await make(api, JWT, { scopes: ['movies:write', 'movies:get'] })).body
  const write = (id: string) =>
    use(api, key, '/api/movies', { method: 'POST', body: JSON.stringify({ id, year: 1 }) })
  expect((await write('By a key')).status).toBe(201)
  await store.call('HSET', `user:${user}`, 'level', '0')
  expect(await write('By a fallen key')).toBeProblem('insufficient-scope')
  const read = async () => (await use(api, key, '/api/movies/By%20a%20key')).status
  expect(await read()).toBe(200)
  await store.call('HSET', `user:${user}`, 'disabled', '1')
  expect(await read()).toBe(401)
  await store.call('HSET', `user:${user}`, 'disabled', '0')
  expect(await read()).toBe(200)
  await account(store, user, { level: '9', createdAt: '1790000000002' })
  expect(await read()).toBe(401)
})

test('a record typed by hand opens no more than what it says', async ({ api, store }) => {
  const JWT = await owner(api, store, 'typed-keys@home.org')
  const { key, id } = (await make(api, JWT)).body
  const status = async () => (await use(api, key, '/api/movies?limit=1')).status
  await store.call('HSET', `key:${id}`, 'scopes', 'movies:constructor movies:__proto__ books:read')
  expect(await status()).toBe(403)
  await store.call('HSET', `key:${id}`, 'scopes', 'movies:list', 'limit', 'much')
  expect(await status()).toBe(401)
})

test('422 for scopes that are none and a limit beyond the policy; 409 beyond the keys of the plan', async ({
  api,
  store,
}) => {
  const JWT = await owner(api, store, 'many-keys@home.org')
  for (const [more, pointer] of [
    [{ scopes: [] }, '#/scopes'],
    [{ scopes: ['movies:read', 'users:read'] }, '#/scopes/1'],
    [{ scopes: ['movies:*'] }, '#/scopes/0'],
    [{ scopes: ['__proto__:read'] }, '#/scopes/0'],
    [{ limit: 1_001 }, '#/limit'],
    [{ limit: 0 }, '#/limit'],
    [{ expiresIn: -1 }, '#/expiresIn'],
    [{ level: 9 }, '#/level'],
  ] as const) {
    const answer = await make(api, JWT, more)
    expect(answer).toBeProblem('validation-error', { errors: [{ pointer }] })
  }
  const statuses: number[] = []
  for (let batch = 0; batch < 2; batch++) {
    const made = Array.from({ length: 7 }, async () => (await make(api, JWT)).status)
    statuses.push(...(await Promise.all(made)))
  }
  expect(statuses.filter((status) => status === 201)).toHaveLength(10)
  expect(statuses.filter((status) => status === 409)).toHaveLength(4)
})

test('the key’s own quota is counted by the gate: beyond it 429 without a trip', async ({
  api,
  store,
}) => {
  const JWT = await owner(api, store, 'quota-keys@home.org')
  const { key } = (await make(api, JWT, { limit: 5 })).body
  let last = await use(api, key, '/api/movies?limit=1')
  let passed = 0
  // A window may end meanwhile.
  for (; last.status === 200 && passed < 11; passed++)
    last = await use(api, key, '/api/movies?limit=1')
  expect(last).toBeProblem('quota-exceeded')
  expect([5, 6, 7, 8, 9, 10]).toContain(passed)
  expect(last.headers.get('server-timing')).toContain('0 trips, 0 commands')
})

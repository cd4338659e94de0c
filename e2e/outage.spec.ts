import { FAULTS, type Fault, type FaultName } from '../local/gateway/fault-proxy.ts'
import { account, sessionOf } from '../test/support/accounts.ts'
import type { Answer, Api } from '../test/support/api.ts'
import { expect, type TestStore, test } from '../test/support/fixtures.ts'

/** The classes of operations of the table in `docs/limits.md`; each call leaves nothing that the next needs. */
interface Tokens {
  user: string
  password: string
  JWT: string
  refresh: string
  key: string
}

const CLASSES: Record<string, (api: Api, tokens: Tokens) => Promise<Answer>> = {
  'public read': (api) => api.get('/api/books/emma'),
  read: (api, { JWT }) => api.get('/api/movies/Pulp%20Fiction', JWT),
  list: (api, { JWT }) => api.get('/api/movies?limit=1', JWT),
  'sign in': (api, { user, password }) => api.post('/api/auth/signin', { user, password }),
  refresh: (api, { refresh }) => api.post('/api/auth/refresh', { refresh }),
  'log out': (api, { refresh }) => api.post('/api/auth/logout', { refresh }),
  change: (api, { JWT }) =>
    api.send('/api/profile', {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${JWT}` },
      body: '{"name":"Outage"}',
    }),
  'make item': (api, { JWT, user }) =>
    api.send('/api/reviews', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${JWT}`,
        'Idempotency-Key': user,
      },
      body: '{"movie":"Outage","rating":3,"text":"Once"}',
    }),
  'read by key': (api, { key }) =>
    api.send('/api/movies?limit=1', { headers: { 'X-API-Key': key } }),
  register: (api) =>
    api.post('/api/auth/register', { user: 'outage-new@home.org', password: 'a long enough one' }),
  forgot: (api, { user }) => api.post('/api/auth/password/forgot', { user }),
  ready: (api) => api.get('/api/health/ready'),
}

/** Served from windows that are open, or refused: while writes fail, reads go on. */
const WRITES_FAIL = new Set<FaultName>(['readonly', 'oom'])
const READING = new Set(['public read', 'read', 'list', 'read by key'])
/** What the client does not notice at all. */
const UNNOTICED = new Set<FaultName>(['none', 'noscript'])

function expected(fault: FaultName, name: string): number {
  if (WRITES_FAIL.has(fault) && READING.has(name)) return 200
  return 503
}

async function tokensOf(api: Api, store: TestStore, fault: string): Promise<Tokens> {
  const credentials = await account(store, `outage-${fault}@home.org`)
  const { JWT, refresh } = await api.signIn(credentials)
  // The windows of the hot quotas are open, as they are on a server that is in use.
  await api.get('/api/books/emma')
  await api.get('/api/movies?limit=1', JWT)
  const { key } = (await api.post('/api/keys', { name: 'k', scopes: ['movies:read'] }, JWT)).body
  await api.send('/api/movies?limit=1', { headers: { 'X-API-Key': key } })
  return { ...credentials, JWT, refresh, key }
}

for (const fault of Object.keys(FAULTS) as FaultName[]) {
  if (UNNOTICED.has(fault)) continue
  test(`${fault}: ${FAULTS[fault]}: every operation answers as the table says, and recovers`, async ({
    api,
    store,
  }) => {
    const tokens = await tokensOf(api, store, fault)
    const accounts = ((await store.call('KEYS', 'user:*')) as string[]).sort()
    const sessionKey = `session:${sessionOf(tokens.JWT)}`
    const session = await store.call('HGETALL', sessionKey)
    store.proxy.fault = fault
    // The answer of a moment ago is everybody's, for two seconds.
    await expect
      .poll(async () => (await CLASSES['ready']?.(api, tokens))?.status)
      .toBe(expected(fault, 'ready'))
    // At once, as they come: each waits for the store as long as it may.
    const answers = Object.entries(CLASSES).map(async ([name, call]) => {
      const before = performance.now()
      const answer = await call(api, tokens)
      return { name, answer, milliseconds: performance.now() - before }
    })
    for (const { name, answer, milliseconds } of await Promise.all(answers)) {
      const status = expected(fault, name)
      expect(answer.status, `${name}: ${answer.text}`).toBe(status)
      if (status === 200) continue
      expect(answer, name).toBeProblem('service-unavailable')
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      // Before the slow store would have answered: no clock of a shared machine is asked for more.
      expect(milliseconds, name).toBeLessThan(5_000)
      expect(answer.text).not.toMatch(/ at |node:|127\.0\.0\.1|Upstash|ECONN|eval|READONLY|OOM/i)
    }
    expect((await api.get('/api/health')).status).toBe(200)

    store.proxy.fault = 'none'
    await expect.poll(async () => (await CLASSES['ready']?.(api, tokens))?.status).toBe(200)
    await expect
      .poll(async () => (await api.get('/api/movies?limit=1', tokens.JWT)).status)
      .toBe(200)
    // Nobody was made, and no session moved.
    expect(((await store.call('KEYS', 'user:*')) as string[]).sort()).toEqual(accounts)
    expect(await store.call('HGETALL', sessionKey)).toEqual(session)
    // An item whose answer was lost is the one that the repeat is answered with.
    expect((await CLASSES['make item']?.(api, tokens))?.status).toBe(201)
    const reviews = await api.get(
      `/api/reviews?owner=${await store.call('HGET', `user:${tokens.user}`, 'id')}`,
    )
    expect(reviews.body.data).toHaveLength(1)
    const refreshed = await api.post('/api/auth/refresh', { refresh: tokens.refresh })
    expect(refreshed.status).toBe(200)
    expect(await store.call('HGET', sessionKey, 'seq')).toBe('2')
    expect((await api.signIn(tokens)).JWT).toBeTruthy()
  })
}

test('an answer lost after the script ran: the repeat does nothing twice', async ({
  api,
  store,
}) => {
  const tokens = await tokensOf(api, store, 'lost-answer')
  const sessionKey = `session:${sessionOf(tokens.JWT)}`
  const sessions = (): Promise<unknown> => store.call('ZCARD', `sessions:${tokens.user}`)
  const lose = async (script: RegExp, name: string): Promise<void> => {
    store.proxy.fault = 'lose'
    store.proxy.only = script
    const answer = await CLASSES[name]?.(api, tokens)
    expect(answer?.status, name).toBe(503)
    store.proxy.fault = 'none'
  }
  await lose(/'rotated'/, 'refresh')
  expect(await store.call('HGET', sessionKey, 'seq')).toBe('2')
  const repeated = await CLASSES['refresh']?.(api, tokens)
  expect(repeated?.status).toBe(200)
  expect(await store.call('HGET', sessionKey, 'seq')).toBe('2')

  // A sign-in that nobody heard of leaves a session that nobody can use, and that is listed.
  await lose(/'opened'/, 'sign in')
  expect(await sessions()).toBe(2)
  await api.signIn(tokens)
  expect(await sessions()).toBe(3)

  await store.call('DEL', 'user:outage-new@home.org')
  await lose(/'registered'/, 'register')
  const made = await store.call('HGET', 'user:outage-new@home.org', 'createdAt')
  expect((await CLASSES['register']?.(api, tokens))?.status).toBe(202)
  expect(await store.call('HGET', 'user:outage-new@home.org', 'createdAt')).toBe(made)

  await lose(/'ended'/, 'log out')
  expect(await store.call('HGET', sessionKey, 'st')).toBe('revoked')
  expect((await CLASSES['log out']?.(api, tokens))?.status).toBe(204)
})

test('noscript: scripts that the store has forgotten are sent again, and nobody notices', async ({
  api,
  store,
}) => {
  const tokens = await tokensOf(api, store, 'noscript')
  store.proxy.fault = 'noscript'
  for (const [name, call] of Object.entries(CLASSES)) {
    if (name === 'log out') continue
    const answer = await call(api, tokens)
    expect([200, 201, 202], `${name}: ${answer.text}`).toContain(answer.status)
  }
})

test('lost data: nobody is let in by what the store does not have', async ({ api, store }) => {
  const tokens = await tokensOf(api, store, 'lost')
  const saved = await store.call('HGETALL', `user:${tokens.user}`)
  await store.call('DEL', `session:${sessionOf(tokens.JWT)}`, `sessions:${tokens.user}`)
  expect(await api.get('/api/movies', tokens.JWT)).toBeProblem('invalid-token')
  const refreshed = await api.post('/api/auth/refresh', { refresh: tokens.refresh })
  expect(refreshed).toBeProblem('invalid-refresh-token')
  await store.call('DEL', `user:${tokens.user}`)
  const signIn = await CLASSES['sign in']?.(api, tokens)
  expect(signIn).toBeProblem('invalid-credentials')
  expect(saved).not.toEqual([])
})

test('a first request of a window while nothing can be counted: users are served a little, strangers not', async ({
  api,
  store,
}) => {
  const { JWT } = await api.signIn(await account(store, 'first-request@home.org'))
  const fault: Fault = 'readonly'
  store.proxy.fault = fault
  expect((await api.get('/api/movies/Pulp%20Fiction', JWT)).status).toBe(200)
})

test('a slow store that answers in time is an answer', async ({ api, store }) => {
  store.proxy.fault = 100
  const { JWT } = await api.signIn()
  expect((await api.get('/api/movies/Pulp%20Fiction', JWT)).status).toBe(200)
})

test('no log line holds a password, a token or a command', async ({ api, server, store }) => {
  const { JWT, refresh } = await api.signIn()
  for (const fault of ['unauthorized', 'readonly', 'html'] as const) {
    store.proxy.fault = fault
    await api.post('/api/auth/signin', { user: 'me@home.org', password: 'correct horse' })
    await api.post('/api/auth/refresh', { refresh })
    await api.get('/api/movies/Pulp%20Fiction', JWT)
  }
  store.proxy.fault = 'none'
  const output = server.output()
  expect(output).toContain('"code":"service-unavailable"')
  for (const secret of [
    'correct horse',
    JWT,
    refresh,
    'me@home.org',
    'HMGET',
    'evalsha',
    store.gateway.token,
  ]) {
    expect(output.toLowerCase()).not.toContain(secret.toLowerCase())
  }
})

test('ready tells strangers whether, and the log what: a store that evicts keys', async ({
  api,
  store,
  server,
  engine,
}) => {
  const ready = async () => (await api.get('/api/health/ready')).text
  await expect.poll(ready).toBe('{"status":"ok"}')
  if (engine !== 'redis') return
  await store.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
  await expect.poll(ready).toBe('{"status":"degraded"}')
  await store.call('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
  await expect.poll(server.output).toMatch(/"event":"store.evicts","policy":"allkeys-lru"/)
})

test('ready: who asks again and again costs the store one probe in two seconds', async ({
  api,
  store,
}) => {
  await api.get('/api/health/ready')
  store.trips.length = 0
  const begun = performance.now()
  const answers = await Promise.all(Array.from({ length: 100 }, () => api.get('/api/health/ready')))
  const windows = Math.ceil((performance.now() - begun) / 2_000)
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  const probes = store.trips.filter(({ commands }) => JSON.stringify(commands).includes('probe'))
  expect(probes.length).toBeLessThanOrEqual(windows)
})

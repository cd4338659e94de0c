import type { Fault } from '../local/gateway/fault-proxy.ts'
import { isProblem, ME } from './support/api.ts'
import { expect, test } from './support/fixtures.ts'

const FAULTS: Fault[] = ['refuse', 'hang', 'html', 'unauthorized', 5_000]

for (const fault of FAULTS) {
  test(`503 service-unavailable within 2 s when the store does this: ${fault}`, async ({
    api,
    store,
  }) => {
    const { JWT, refresh } = await api.signIn()
    store.proxy.fault = fault
    const calls = {
      signin: () => api.post('/api/auth/signin', ME),
      refresh: () => api.post('/api/auth/refresh', { refresh }),
      logout: () => api.post('/api/auth/logout', { refresh }),
      list: () => api.get('/api/movies', JWT),
      get: () => api.get('/api/movies/Pulp%20Fiction', JWT),
      public: () => api.get('/api/books/emma'),
    }
    for (const [name, call] of Object.entries(calls)) {
      const before = performance.now()
      const answer = await call()
      const milliseconds = performance.now() - before
      expect(isProblem(answer, 'service-unavailable', 503), `${name}: ${answer.text}`).toBe(true)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      // Before the slow store would have answered: no clock of a shared machine is asked for more.
      expect(milliseconds, name).toBeLessThan(5_000)
      expect(answer.text).not.toMatch(/ at |node:|127\.0\.0\.1|Upstash|ECONN|eval/i)
    }
    expect((await api.get('/api/health')).status).toBe(200)
    await expect.poll(async () => (await api.get('/api/health/ready')).status).toBe(503)

    store.proxy.fault = 'none'
    await expect.poll(async () => (await api.get('/api/health/ready')).status).toBe(200)
    await expect.poll(async () => (await api.get('/api/movies?limit=1', JWT)).status).toBe(200)
    expect((await api.post('/api/auth/signin', ME)).status).toBe(200)
  })
}

test('a slow store that answers in time is an answer', async ({ api, store }) => {
  store.proxy.fault = 100
  const { JWT } = await api.signIn()
  expect((await api.get('/api/movies/Pulp%20Fiction', JWT)).status).toBe(200)
})

test('no log line holds a password, a token or a command', async ({ api, server, store }) => {
  const { JWT, refresh } = await api.signIn()
  store.proxy.fault = 'unauthorized'
  await api.post('/api/auth/signin', { user: 'me@home.org', password: 'correct horse' })
  await api.post('/api/auth/refresh', { refresh })
  await api.get('/api/movies/Pulp%20Fiction', JWT)
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

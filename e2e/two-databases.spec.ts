import { redisEngine } from '../local/gateway/engine.ts'
import { startGateway } from '../local/gateway/server.ts'
import { connectForLoading, loadDemo } from '../seed/load.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { startRedis } from '../test/support/processes.ts'
import { startApi } from '../test/support/start-api.ts'
import { startStore } from '../test/support/store.ts'

test('users and sessions in a database of their own: two reads at the same time are one trip', async ({
  host,
}) => {
  const seen: string[] = []
  const data = await startStore('embedded')
  const accounts = await startStore('embedded', ({ commands }) => {
    for (const [name = '', , , ...keys] of commands) seen.push(name, ...keys)
  })
  await loadDemo(connectForLoading(data), {
    publicPassword: true,
    accounts: connectForLoading(accounts),
  })
  const { api, stop } = await startApi({
    host,
    store: data,
    env: { AUTH_REDIS_REST_URL: accounts.url, AUTH_REDIS_REST_TOKEN: accounts.token },
  })
  const { JWT, refresh } = await api.signIn()
  await api.get('/api/movies', JWT)
  seen.length = 0
  const { status, headers } = await api.get('/api/movies/Pulp%20Fiction', JWT)
  expect(status).toBe(200)
  expect(headers.get('server-timing')).toContain('desc="1 trips, 2 commands"')
  expect(seen).toEqual([
    expect.stringMatching(/^EVAL(SHA)?_RO$/),
    expect.stringMatching(/^session:/),
    'user:me@home.org',
  ])
  expect((await api.post('/api/auth/refresh', { refresh })).status).toBe(200)
  await stop()
  for (const store of [data, accounts]) await store.stop()
})

test('accounts over REST beside the data in a Redis', async ({ host }) => {
  const redis = await startRedis()
  const engine = await redisEngine(redis.url)
  const data = await startGateway({ engine, token: 'data' })
  const accounts = await startStore('embedded')
  await loadDemo(connectForLoading(data), {
    publicPassword: true,
    accounts: connectForLoading(accounts),
  })
  const { api, stop } = await startApi({
    host,
    env: {
      REDIS_URL: redis.url,
      AUTH_REDIS_REST_URL: accounts.url,
      AUTH_REDIS_REST_TOKEN: accounts.token,
    },
  })
  const { JWT, refresh } = await api.signIn()
  const { status, body } = await api.get('/api/movies/Pulp%20Fiction', JWT)
  expect([status, body.year]).toEqual([200, 1994])
  expect((await api.post('/api/auth/logout', { refresh }, JWT)).status).toBe(204)
  expect((await api.get('/api/movies/Pulp%20Fiction', JWT)).status).toBe(401)
  expect(await engine.call(['KEYS', 'session:*'].map((word) => Buffer.from(word)))).toEqual([])
  await stop()
  await accounts.stop()
  await data.close()
  await engine.close()
  await redis.stop()
})

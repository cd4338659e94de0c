import { embeddedEngine, redisEngine } from '../local/gateway/engine.ts'
import { startGateway } from '../local/gateway/server.ts'
import { connectForLoading, loadDemo } from '../seed/load.ts'
import { Api } from '../test/support/api.ts'
import { expect, SECRET_RTOKEN, SECRET_TOKEN, test, WIDE } from '../test/support/fixtures.ts'
import { freePort, startProgram, startRedis } from '../test/support/processes.ts'

test('users and sessions in a database of their own: two reads at the same time are one trip', async ({
  host,
}) => {
  const engines = [await embeddedEngine(), await embeddedEngine()] as const
  const seen: string[] = []
  const data = await startGateway({ engine: engines[0], token: 'data' })
  const accounts = await startGateway({
    engine: engines[1],
    token: 'accounts',
    onTrip: ({ commands }) => seen.push(...commands.map(([name, key]) => `${name} ${key}`)),
  })
  await loadDemo(connectForLoading(data), {
    publicPassword: true,
    accounts: connectForLoading(accounts),
  })
  const port = await freePort()
  const api = new Api(`http://127.0.0.1:${port}`)
  const program = await startProgram(
    process.execPath,
    ['local/run.mjs', host],
    {
      PATH: process.env['PATH'],
      PORT: String(port),
      APP_ORIGIN: api.origin,
      SECRET_TOKEN,
      SECRET_RTOKEN,
      UPSTASH_REDIS_REST_URL: data.url,
      UPSTASH_REDIS_REST_TOKEN: data.token,
      AUTH_REDIS_REST_URL: accounts.url,
      AUTH_REDIS_REST_TOKEN: accounts.token,
      RATE_LIMITS: WIDE,
    },
    /Usher listens on/,
  )
  const { JWT, refresh } = await api.signIn()
  await api.get('/api/movies', JWT)
  seen.length = 0
  const { status, headers } = await api.get('/api/movies/Pulp%20Fiction', JWT)
  expect(status).toBe(200)
  expect(headers.get('server-timing')).toContain('desc="1 trips, 3 commands"')
  expect(seen).toEqual([expect.stringMatching(/^HMGET session:/), 'HMGET user:me@home.org'])
  expect((await api.post('/api/auth/refresh', { refresh })).status).toBe(200)
  await program.stop()
  for (const gateway of [data, accounts]) await gateway.close()
  for (const engine of engines) await engine.close()
})

test('accounts over REST beside the data in a Redis', async ({ host }) => {
  const redis = await startRedis()
  const engines = [redisEngine(redis.url), await embeddedEngine()] as const
  const [data, accounts] = await Promise.all(
    engines.map((engine, index) => startGateway({ engine, token: `token-${index}` })),
  )
  if (data === undefined || accounts === undefined) throw new TypeError('no gateway')
  await loadDemo(connectForLoading(data), {
    publicPassword: true,
    accounts: connectForLoading(accounts),
  })
  const port = await freePort()
  const api = new Api(`http://127.0.0.1:${port}`)
  const program = await startProgram(
    process.execPath,
    ['local/run.mjs', host],
    {
      PATH: process.env['PATH'],
      PORT: String(port),
      APP_ORIGIN: api.origin,
      SECRET_TOKEN,
      SECRET_RTOKEN,
      REDIS_URL: redis.url,
      AUTH_REDIS_REST_URL: accounts.url,
      AUTH_REDIS_REST_TOKEN: accounts.token,
      RATE_LIMITS: WIDE,
    },
    /Usher listens on/,
  )
  const { JWT, refresh } = await api.signIn()
  const { status, body } = await api.get('/api/movies/Pulp%20Fiction', JWT)
  expect([status, body.year]).toEqual([200, 1994])
  expect((await api.post('/api/auth/logout', { refresh }, JWT)).status).toBe(204)
  expect((await api.get('/api/movies/Pulp%20Fiction', JWT)).status).toBe(401)
  const call = (words: string[]) => engines[0].call(words.map((word) => Buffer.from(word)))
  expect(await call(['KEYS', 'session:*'])).toEqual([])
  await program.stop()
  for (const gateway of [data, accounts]) await gateway.close()
  for (const engine of engines) await engine.close()
  await redis.stop()
})

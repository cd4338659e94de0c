import { Redis } from 'ioredis'
import { keptIndexesOf } from '../lib/items/declaration.ts'
import { allCollections } from '../lib/items/registry.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { freePort, runProgram, startRedis } from '../test/support/processes.ts'
import { serverEnvironment, startApi } from '../test/support/start-api.ts'

test('what is loaded into an empty collection is indexed whole; the start says what is not, and a list has it built', async ({
  host,
}) => {
  const redis = await startRedis()
  const client = new Redis(redis.url)
  const port = await freePort()
  const env = { REDIS_URL: redis.url }
  const seed = (word: string) =>
    runProgram(
      process.execPath,
      ['local/run.mjs', 'seed', ...word.split(' ')],
      serverEnvironment({ port, env }),
    )
  await seed('--demo')
  expect((await seed('--from vega')).code).toBe(0)
  for (const collection of allCollections()) {
    const { states, fingerprints } = keptIndexesOf(collection)
    const found = await client.hgetall(states)
    expect(Object.keys(found).sort()).toEqual([...fingerprints.keys()].sort())
    for (const state of Object.values(found)) expect(state).toMatch(/^[0-9a-f]{8}:\d+:whole$/)
  }

  await client.hdel('indexed:movies', 'index:movies:year')
  const server = await startApi({ host, port, env })
  await expect.poll(server.output).toMatch(/"indexes.to-build","indexes":"index:movies:year"/)
  const { api } = server
  const { JWT } = await api.signIn()
  const list = () => api.get('/api/movies?sort=year&limit=1', JWT)
  expect(await list()).toBeProblem('service-unavailable')
  await expect.poll(async () => (await list()).status, { timeout: 30_000 }).toBe(200)
  expect((await list()).body.data).toMatchObject([{ year: 1915 }])
  expect(server.output()).toContain('"indexes.building"')
  const films = (await client.keys('movie:*')).length
  expect(await client.zcard('index:movies:year')).toBe(films)
  await server.stop()
  client.disconnect()
  await redis.stop()
})

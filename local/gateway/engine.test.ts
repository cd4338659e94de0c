import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from '@playwright/test'
import { type Program, startRedis } from '../../test/support/processes.ts'
import { type Engine, EngineGone, redisEngine } from './engine.ts'

const CONNECT_MS = 1_000
const PING = [Buffer.from('PING')]

let redis: Program & { url: string }
let engine: Engine
test.beforeAll(async () => {
  redis = await startRedis()
})
test.afterEach(() => engine.close())
test.afterAll(() => redis.stop())

test('a Redis is connected before work that takes longer than its connection may', async () => {
  engine = await redisEngine(redis.url, CONNECT_MS)
  const until = performance.now() + CONNECT_MS + 100
  while (performance.now() < until);
  expect(String(await engine.call(PING))).toBe('PONG')
})

test('one that is away, or takes the connection and says nothing, is gone for each command, not for who opens it', async () => {
  engine = await redisEngine('redis://127.0.0.1:1', CONNECT_MS)
  await expect(engine.call(PING)).rejects.toThrow(EngineGone)
  await engine.close()
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  engine = await redisEngine(`redis://127.0.0.1:${port}`, CONNECT_MS)
  await expect(engine.call(PING)).rejects.toThrow(EngineGone)
  silent.close()
})

import { expect, test } from '@playwright/test'
import { StoreUnavailable } from '../../lib/contract/problems.ts'
import { type Program, startRedis } from '../../test/support/processes.ts'
import { type Engine, redisEngine } from '../gateway/engine.ts'
import { type FaultName, type FaultProxy, startFaultProxy } from '../gateway/fault-proxy.ts'
import { type Gateway, startGateway, type Trip } from '../gateway/server.ts'
import type { Connection } from './carrier.ts'
import { openRest } from './rest.ts'

const COUNT = "return {redis.call('INCR', KEYS[1])}"

let program: Program & { url: string }
let engine: Engine
let gateway: Gateway
let proxy: FaultProxy
let connection: Connection
const trips: Trip[] = []

test.beforeAll(async () => {
  program = await startRedis()
  engine = await redisEngine(program.url)
  gateway = await startGateway({ engine, token: 'token', onTrip: (trip) => trips.push(trip) })
})
test.afterAll(async () => {
  await gateway.close()
  await engine.close()
  await program.stop()
})
test.beforeEach(async () => {
  for (const words of [['FLUSHALL'], ['SCRIPT', 'FLUSH']]) {
    await engine.call(words.map((word) => Buffer.from(word)))
  }
  proxy = await startFaultProxy(gateway.url)
  connection = openRest({ url: `${proxy.url}/`, token: 'token' })
  trips.length = 0
})
test.afterEach(async () => {
  await connection.close()
  await proxy.close()
})

const count = (key: string): Promise<unknown> => connection.reached.store.eval(COUNT, [key], [])

async function read(key: string): Promise<unknown> {
  const pipeline = connection.reached.store.pipeline()
  pipeline.get(key)
  pipeline.hmget(key, 'field')
  return pipeline.exec({ keepErrors: true })
}

async function failure(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'an answer'
  } catch (error) {
    return error instanceof StoreUnavailable ? error.message : `no StoreUnavailable: ${error}`
  }
}

test('a script goes by its SHA when the database knows it, and whole when it forgot', async () => {
  expect([await count('n'), await count('n')]).toEqual([[1], [2]])
  await engine.call(['SCRIPT', 'FLUSH'].map((word) => Buffer.from(word)))
  expect(await count('n')).toEqual([3])
  const names = trips.flatMap(({ commands }) => commands.map(([name]) => name))
  expect(names).toEqual(['EVAL', 'EVALSHA', 'EVALSHA', 'EVAL'])
})

test('an error of one command is its reply', async () => {
  await count('n')
  expect(await read('n')).toEqual([{ result: '1' }, { error: expect.stringMatching(/^WRONGTYPE/) }])
})

test('many at once are all answered, over connections that are kept', async () => {
  const patient = openRest({ url: proxy.url, token: 'token' }, 60_000)
  const one = () => patient.reached.store.eval(COUNT, ['n'], [])
  const counted = await Promise.all(Array.from({ length: 300 }, one))
  expect(new Set(counted.map(String)).size).toBe(300)
  await patient.close()
})

const FAILING = [
  'refuse',
  'reset',
  'hang',
  'lose',
  'cut',
  'html',
  'bad-gateway',
  'unauthorized',
  'too-many',
  'readonly',
] as const satisfies FaultName[]

for (const fault of FAILING) {
  test(`${fault}: says so without a value, and goes on by itself; nothing is sent again`, async () => {
    await count('secret-key')
    proxy.fault = fault
    trips.length = 0
    const said = await failure(count('secret-key'))
    expect(said).toMatch(/^(no answer: \w+|status \d+|unnamed error|ERR|READONLY)$/)
    expect(trips).toHaveLength(fault === 'lose' ? 1 : 0)
    proxy.fault = 'none'
    expect(await count('secret-key')).toEqual([fault === 'lose' ? 3 : 2])
  })
}

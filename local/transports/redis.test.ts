import { expect, test } from '@playwright/test'
import { StoreUnavailable } from '../../lib/contract/problems.ts'
import { connectScripts } from '../../lib/store/client/script-runner.ts'
import type { Trip } from '../../local/gateway/server.ts'
import { freePort, type Program, startProgram, startRedis } from '../../test/support/processes.ts'
import { type RespDoor, startRespDoor } from '../../test/support/resp-door.ts'
import { type Engine, redisEngine } from '../gateway/engine.ts'
import type { FaultName } from '../gateway/fault-proxy.ts'
import type { Connection } from './carrier.ts'
import { openRedis } from './redis.ts'

const COUNT = "return {redis.call('INCR', KEYS[1])}"
const READ = "return {redis.call('GET', KEYS[1])}"

let program: Program & { url: string }
let engine: Engine
let door: RespDoor
let connection: Connection
const trips: Trip[] = []

test.beforeAll(async () => {
  program = await startRedis()
  engine = await redisEngine(program.url)
})
test.afterAll(async () => {
  await engine.close()
  await program.stop()
})
test.beforeEach(async () => {
  await engine.call(['FLUSHALL'].map((word) => Buffer.from(word)))
  await engine.call(['SCRIPT', 'FLUSH'].map((word) => Buffer.from(word)))
  door = await startRespDoor(engine, (trip) => trips.push(trip))
  connection = openRedis(door.url)
  trips.length = 0
})
test.afterEach(async () => {
  await connection.close()
  await door.close()
})

const count = (key: string): Promise<unknown> => connection.reached.store.eval(COUNT, [key], [])

/** What the limiter's library is given. */
const limiter = () => connectScripts({ url: 'none', token: 'none', ...connection.reached })

function read(...keys: string[]) {
  const pipeline = connection.reached.store.pipeline()
  for (const key of keys) pipeline.get(key)
  return pipeline.exec({ keepErrors: true })
}

/** What a call says when it fails, with the class of the failure. */
async function failure(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'an answer'
  } catch (error) {
    return error instanceof StoreUnavailable ? error.message : `no StoreUnavailable: ${error}`
  }
}

test('what is asked for in one turn leaves in one write, and each has its own replies', async () => {
  expect(await count('a')).toEqual([1])
  trips.length = 0
  const [counted, found, nothing] = await Promise.all([count('b'), read('a', 'x'), read('y')])
  expect(counted).toEqual([1])
  expect(found).toEqual([{ result: '1' }, { result: null }])
  expect(nothing).toEqual([{ result: null }])
  expect(trips.map(({ commands }) => commands.map(([name]) => name))).toEqual([
    ['EVALSHA', 'GET', 'GET', 'GET'],
  ])
})

test('an error of one command is its reply, and of a script its first word', async () => {
  await count('number')
  const pipeline = connection.reached.store.pipeline()
  pipeline.hmget('number', 'field')
  pipeline.get('number')
  const replies = await pipeline.exec({ keepErrors: true })
  expect(replies).toEqual([{ error: expect.stringMatching(/^WRONGTYPE/) }, { result: '1' }])
  expect(
    await failure(
      connection.reached.store.eval("return redis.call('HGET', KEYS[1], 'secret')", ['number'], []),
    ),
  ).toBe('WRONGTYPE')
})

test('a script goes whole until the server knows it, by its SHA then, and again whole when it forgot', async () => {
  const { store } = connection.reached
  const scripts = limiter()
  const names = () => trips.splice(0).flatMap(({ commands }) => commands.map(([name]) => name))
  expect([await count('n'), await count('n')]).toEqual([[1], [2]])
  expect(names()).toEqual(['EVAL', 'EVALSHA'])
  await engine.call(['SCRIPT', 'FLUSH'].map((word) => Buffer.from(word)))
  // Nothing runs twice: the count goes on by one.
  expect([await count('n'), await count('n')]).toEqual([[3], [4]])
  expect(names()).toEqual(['EVALSHA', 'EVAL', 'EVALSHA'])

  const pipeline = store.pipeline()
  for (const script of [READ, `${READ} `]) pipeline.evalRo(script, ['n'], [])
  pipeline.get('n')
  expect(await pipeline.exec({ keepErrors: true })).toEqual([
    { result: ['4'] },
    { result: ['4'] },
    { result: '4' },
  ])
  await scripts.evalRo(READ, ['n'], [])
  expect(names()).toEqual(['EVAL_RO', 'EVAL_RO', 'GET', 'EVALSHA_RO'])
  await engine.call(['SCRIPT', 'FLUSH'].map((word) => Buffer.from(word)))
  const again = store.pipeline()
  again.evalRo(READ, ['n'], [])
  again.get('n')
  expect(await again.exec({ keepErrors: true })).toEqual([{ result: ['4'] }, { result: '4' }])
  expect(names()).toEqual(['EVALSHA_RO', 'GET', 'EVAL_RO'])
})

test("Upstash's own Lua flag is taken off, and the SHA of the script with it leads to the one without", async () => {
  const { createHash } = await import('node:crypto')
  const flagged = `#!lua flags=allow-key-locking\n${COUNT}`
  const sha = createHash('sha1').update(flagged).digest('hex')
  const scripts = limiter()
  expect(await failure(scripts.evalsha(sha, ['f'], []))).toBe('NOSCRIPT')
  expect(await scripts.eval(flagged, ['f'], [])).toEqual([1])
  expect(await scripts.evalsha(sha, ['f'], [])).toEqual([2])
  const mixed = `#!lua flags=no-writes,allow-key-locking\n${READ}`
  expect(await scripts.evalRo(mixed, ['f'], [])).toEqual(['2'])
})

for (const fault of [
  'refuse',
  'reset',
  'cut',
  'html',
  'bad-gateway',
  'too-many',
  'lose',
  'hang',
  'unauthorized',
  'loading',
  'readonly',
  'oom',
] as const satisfies FaultName[]) {
  test(`${fault}: says so without a value, and goes on by itself; nothing is sent again`, async () => {
    expect(await count('secret-key')).toEqual([1])
    door.fault = fault
    trips.length = 0
    const said = await failure(count('secret-key'))
    expect(said).toMatch(/^(no connection: [A-Za-z]+|ERR|NOAUTH|LOADING|READONLY|OOM)$/)
    door.fault = 'none'
    await expect.poll(() => failure(read('secret-key'))).toBe('an answer')
    // A connection that was lost took the command with it, whether it was executed or not.
    expect(await read('secret-key')).toEqual([{ result: fault === 'lose' ? '2' : '1' }])
    const counts = trips
      .flatMap(({ commands }) => commands)
      .filter(([name]) => name?.startsWith('EVAL'))
    expect(counts).toHaveLength(1)
    expect(await Promise.all([count('other'), read('secret-key')])).toMatchObject([[1], [{}]])
  })
}

test('a connection that was cut costs what was on its way, and no request after it', async () => {
  await count('n')
  door.fault = 'lose'
  expect(await failure(count('n'))).toMatch(/^no connection: /)
  door.fault = 'none'
  // At once, while it is made again.
  expect(await Promise.all([count('n'), read('n')])).toEqual([[3], [{ result: '3' }]])
  expect(door.connections).toBe(2)
})

test('while every connection is ended at once, requests fail without waiting for another', async () => {
  await count('n')
  door.fault = 'refuse'
  await expect.poll(() => failure(count('n'))).toMatch(/^no connection: /)
  await expect.poll(() => door.connections).toBeGreaterThan(5)
  const begun = door.connections
  // One after the other: none waits for a connection, so that few are tried meanwhile.
  for (let tried = 0; tried < 50; tried++) expect(await failure(count('n'))).toMatch(/^no conn/)
  expect(door.connections - begun).toBeLessThan(25)
  door.fault = 'none'
  await expect.poll(() => failure(count('n'))).toBe('an answer')
})

test('replies that come late find their own commands', async () => {
  await Promise.all([count('a'), count('b'), count('b')])
  door.fault = 300
  const slow = [read('a'), count('a')]
  await expect.poll(() => trips.at(-1)?.commands.length).toBe(2)
  door.fault = 'none'
  expect(await read('b')).toEqual([{ result: '2' }])
  expect(await Promise.all(slow)).toEqual([[{ result: '1' }], [2]])
})

test('a server that is not there yet is found when it comes, and found again when it comes back', async () => {
  const port = await freePort()
  const start = () =>
    startProgram(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', ''],
      process.env,
      /Ready to accept/,
    )
  const early = openRedis(`redis://127.0.0.1:${port}`)
  const ask = () => early.reached.store.eval(COUNT, ['n'], [])
  expect(await failure(ask())).toBe('no connection: ECONNREFUSED')
  const first = await start()
  await expect.poll(() => failure(ask())).toBe('an answer')
  await first.stop()
  expect(await failure(ask())).toMatch(/^no connection: (closed|ECONNREFUSED|ECONNRESET)$/)
  const second = await start()
  await expect.poll(() => failure(ask())).toBe('an answer')
  await early.close()
  await second.stop()
})

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Api } from '../test/support/api.ts'
import { expect, test } from '../test/support/fixtures.ts'
import {
  keptEnvironment,
  kill,
  killAgainAndAgain,
  startKept,
  writeOn,
  writesIn,
} from '../test/support/kept-server.ts'
import { runProgram, startRedis } from '../test/support/processes.ts'

let folder: string
let store: string

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-kept-'))
  store = join(folder, 'store')
})
test.afterEach(() => rm(folder, { recursive: true }))

test('ten times killed while it is written to, it comes up with what was acknowledged two seconds before, and nothing half', async () => {
  test.setTimeout(600_000)
  expect(await killAgainAndAgain(store, 10)).toBeGreaterThan(0)
})

test('a signal loses nothing at all', async () => {
  const first = await startKept(store)
  const log: { n: number; at: number }[] = []
  const writing = writeOn(first, 1, log)
  await expect.poll(() => log.length).toBeGreaterThan(3)
  expect(await first.stop()).toBe(0)
  await writing
  const second = await startKept(store)
  expect(await writesIn(second)).toBeGreaterThanOrEqual(log.at(-1)?.n ?? 0)
  await second.stop()
})

test('a second server on the folder says who has it and does not start; after a kill it does', async () => {
  const first = await startKept(store)
  await first.store.write([['SET', 'kept', '1']])
  const env = await keptEnvironment(store)
  const second = await runProgram(process.execPath, ['local/run.mjs', 'serve'], env)
  expect(second.code).toBe(1)
  expect(second.output).toContain(`held by process ${first.process.pid}`)
  expect(await first.store.read([['GET', 'kept']])).toEqual([Buffer.from('1')])
  await kill(first)
  const third = await startKept(store)
  await third.stop()
})

test('a damaged snapshot is named, set aside, and the one before is used', async () => {
  for (const value of ['1', '2']) {
    const server = await startKept(store)
    await server.store.write([['SET', 'kept', value]])
    await server.stop()
  }
  const newest =
    readdirSync(store)
      .sort()
      .findLast((name) => name.endsWith('.snapshot')) ?? ''
  const bytes = readFileSync(join(store, newest))
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
  writeFileSync(join(store, newest), bytes)
  const server = await startKept(store)
  expect(server.output()).toMatch(new RegExp(`${newest} is not used: .*damaged`))
  expect(server.output()).toContain('The one before is used')
  expect(await server.store.read([['GET', 'kept']])).toEqual([Buffer.from('1')])
  await server.stop()
  const aside = readdirSync(store).filter((name) => name.startsWith(`${newest}.damaged-`))
  expect(aside).toHaveLength(1)
})

test('accounts and sessions outlive the server, and commands find the store whether it runs or not', async () => {
  const env = await keptEnvironment(store)
  const users = (...words: string[]) =>
    runProgram(process.execPath, ['dist/users.js', ...words], env)
  // Nobody runs it: the command opens it.
  const added = await users('add', 'first@home.org', '--level', '9')
  expect(added.code, added.output).toBe(0)
  const password = /first@home\.org \/ (\S+)/.exec(added.output)?.[1] ?? ''
  const first = await startKept(store)
  const api = new Api(first.origin)
  const { refresh } = await api.signIn({ user: 'first@home.org', password })
  expect(refresh).toBeTruthy()
  expect((await users('list')).output).toContain(`runs as process ${first.process.pid}`)
  await first.stop()
  const second = await startKept(store)
  const again = await new Api(second.origin).signIn({ user: 'first@home.org', password })
  expect(again.content).toEqual({ user: 'first@home.org', level: 9 })
  await second.stop()
})

test('npm run backup and npm run restore carry a store to Redis and back', async () => {
  test.setTimeout(300_000)
  const redis = await startRedis()
  const client = new Redis(redis.url)
  const file = join(folder, 'backup')
  const run = (command: string, words: string[], env: Record<string, string>) =>
    runProgram(process.execPath, ['dist/backup.js', command, ...words], env)
  try {
    const server = await startKept(store)
    const log: { n: number; at: number }[] = []
    const writing = writeOn(server, 1, log)
    await expect.poll(() => log.length).toBeGreaterThan(20)
    await server.stop()
    await writing

    const embedded = await keptEnvironment(store)
    const inRedis = { PATH: embedded['PATH'] ?? '', REDIS_URL: redis.url }
    const written = await run('backup', [file], embedded)
    expect(written.code, written.output).toBe(0)
    await client.set('other', '1')
    const refused = await run('restore', [file], inRedis)
    expect(refused.code).toBe(1)
    expect(refused.output).toContain('has 1 keys')
    await client.del('other')
    const restored = await run('restore', [file], inRedis)
    expect(restored.code, restored.output).toBe(0)
    expect(restored.output).toContain('keys of')

    const back = join(folder, 'another store')
    const returned = join(folder, 'returned')
    expect((await run('backup', [returned], inRedis)).code).toBe(0)
    const into = await run('restore', [returned], await keptEnvironment(back))
    expect(into.code, into.output).toBe(0)
    const second = await startKept(back)
    expect(await writesIn(second)).toBeGreaterThan(20)
    await second.stop()

    const bytes = readFileSync(file)
    writeFileSync(file, bytes.subarray(0, bytes.length - 1))
    await client.flushall()
    const torn = await run('restore', [file], inRedis)
    expect(torn.code).toBe(1)
    expect(torn.output).toContain('Nothing was written')
    expect(await client.dbsize()).toBe(0)
    for (const [words, code] of [
      [['backup', '--help'], 0],
      [['restore'], 2],
      [['backup', file, '--force'], 2],
      [['backup', file], 1],
    ] as const) {
      const [command = '', ...rest] = words
      expect((await run(command, rest, inRedis)).code, words.join(' ')).toBe(code)
    }
  } finally {
    client.disconnect()
    await redis.stop()
  }
})

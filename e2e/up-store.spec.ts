import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { embeddedEngine } from '../local/gateway/engine.ts'
import { startGateway } from '../local/gateway/server.ts'
import { Api } from '../test/support/api.ts'
import { makeClone } from '../test/support/clone.ts'
import { expect, test } from '../test/support/fixtures.ts'
import {
  freePort,
  type Program,
  runProgram,
  startProgram,
  startRedis,
} from '../test/support/processes.ts'

const { PATH, HOME } = process.env

test('up writes nothing into a Redis of its user’s own, and the demo with --demo alone', async () => {
  const redis = await startRedis()
  const client = new Redis(redis.url)
  const items = async (): Promise<string[]> => {
    const keys = await client.keys('*')
    return keys.filter((key) => /^(movie|book|review|user|index|words):/.test(key))
  }
  try {
    for (const words of [[], ['--demo']]) {
      const env = { PATH, HOME, PORT: String(await freePort()), REDIS_URL: redis.url }
      const args = ['local/run.mjs', 'up', ...words]
      const up = await startProgram(process.execPath, args, env, /Stop: Ctrl\+C\n/)
      expect(up.output().includes('me@home.org')).toBe(words.length > 0)
      expect((await items()).length > 0).toBe(words.length > 0)
      await up.stop()
    }
    expect(await client.exists('user:me@home.org', 'movie:Pulp Fiction', 'book:emma')).toBe(3)
  } finally {
    client.disconnect()
    await redis.stop()
  }
})

test('up with the accounts in another database makes none there', async () => {
  const engine = await embeddedEngine()
  const accounts = await startGateway({ engine, token: 'accounts' })
  const env = {
    PATH,
    HOME,
    PORT: String(await freePort()),
    USHER_STORE_FOLDER: await mkdtemp(join(tmpdir(), 'usher-store-')),
    AUTH_REDIS_REST_URL: accounts.url,
    AUTH_REDIS_REST_TOKEN: accounts.token,
  }
  const up = await startProgram(process.execPath, ['local/run.mjs', 'up'], env, /Stop: Ctrl\+C\n/)
  expect(await engine.call([Buffer.from('KEYS'), Buffer.from('user:*')])).toEqual([])
  await up.stop()
  await accounts.close()
  await engine.close()
})

test('what a person changes is there at the next up, with the same accounts, until one begins anew', async () => {
  const origin = `http://localhost:${await freePort()}`
  const folder = await mkdtemp(join(tmpdir(), 'usher-store-'))
  const env = { PATH, HOME, PORT: new URL(origin).port, USHER_STORE_FOLDER: folder }
  const api = new Api(origin)
  const start = (...words: string[]): Promise<Program> => {
    const args = ['local/run.mjs', 'up', ...words]
    return startProgram(process.execPath, args, env, /Stop: Ctrl\+C\n/)
  }
  const accounts = (up: Program): string => /^Accounts: .*$/m.exec(up.output())?.[0] ?? ''
  const yearOfPulpFiction = async (): Promise<unknown> => {
    const { JWT } = await api.signIn()
    return (await api.get('/api/movies/Pulp%20Fiction', JWT)).body.year
  }

  const first = await start()
  expect(first.output()).toContain(`the store that is kept in ${folder} (empty so far)`)
  const password = /editor@home\.org \/ (\S+)/.exec(first.output())?.[1] ?? ''
  const { JWT } = await api.signIn({ user: 'editor@home.org', password })
  const changed = await api.send('/api/movies/Pulp%20Fiction', {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${JWT}` },
    body: '{"year":1995}',
  })
  expect(changed.status).toBe(200)
  await first.stop()

  const second = await start()
  expect(accounts(second)).toBe(accounts(first))
  expect(await yearOfPulpFiction()).toBe(1995)
  // The token of before is as good as it was.
  expect((await api.get('/api/profile', JWT)).status).toBe(200)
  await second.stop()

  const fresh = await start('--fresh')
  expect(fresh.output()).toContain(`is set aside in ${folder}`)
  expect(await yearOfPulpFiction()).toBe(1994)
  await fresh.stop()

  const refused = await runProgram(process.execPath, ['local/run.mjs', 'up', '--fresh'], {
    ...env,
    REDIS_URL: 'redis://127.0.0.1:1',
  })
  expect([refused.code, refused.output]).toEqual([2, expect.stringContaining('--fresh is for')])
})

test('up --provider prints ten lines at most, warns of nothing, and its provider is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-store-'))
  const env = { PATH, HOME, PORT: '0', USHER_STORE_FOLDER: folder }
  const args = ['local/run.mjs', 'up', '--provider']
  const up = await startProgram(process.execPath, args, env, /Stop: Ctrl\+C\n/)
  try {
    expect(up.output().trimEnd().split('\n').length, up.output()).toBeLessThanOrEqual(10)
    expect(up.output()).not.toMatch(/warn|deprecat|⚠/i)
    const way = /^Provider: (\S+) as ada@example\.com/m.exec(up.output())?.[1] ?? ''
    const { status, headers } = await fetch(way, { redirect: 'manual' })
    expect(status).toBe(303)
    const page = await fetch(headers.get('location') ?? '')
    expect(page.status).toBe(200)
  } finally {
    await up.stop()
  }
})

test('in a terminal a request is a line that a person reads', async () => {
  const port = String(await freePort())
  const command = `${process.execPath} local/run.mjs up`
  // What runs below it has a terminal.
  const args = ['-qefc', command, '/dev/null']
  const folder = await mkdtemp(join(tmpdir(), 'usher-store-'))
  const env = { PATH, HOME, PORT: port, USHER_STORE_FOLDER: folder }
  const up = await startProgram('script', args, env, /Stop: Ctrl\+C/)
  await new Api(`http://127.0.0.1:${port}`).get('/api/reviews')
  await expect
    .poll(() => up.output())
    .toMatch(/^\d\d:\d\d:\d\d 200 GET \/api\/reviews \d+ ms \d trips?\r?$/m)
  await up.stop()
})

test('a step that fails is named with the log that has what it said', async () => {
  const clone = await makeClone()
  try {
    await writeFile(join(clone.folder, 'next.config.ts'), 'throw new Error("no such config")\n')
    const env = { PATH, HOME, PORT: String(await freePort()) }
    const args = ['local/run.mjs', 'up']
    const { code, output } = await runProgram(process.execPath, args, env, { cwd: clone.folder })
    expect(code).toBe(1)
    expect(output.trimEnd()).toMatch(/^\S+ \S+next build failed; what it says: \S+build\.log$/)
    const log = await readFile(join(clone.folder, '.usher/logs/build.log'), 'utf8')
    expect(log).toContain('no such config')
  } finally {
    await clone.remove()
  }
})

import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { embeddedEngine } from '../local/gateway/engine.ts'
import { startGateway } from '../local/gateway/server.ts'
import { Api } from '../test/support/api.ts'
import { type Clone, makeClone } from '../test/support/clone.ts'
import { expect, test } from '../test/support/fixtures.ts'
import {
  freePort,
  type Program,
  runProgram,
  startProgram,
  startRedis,
} from '../test/support/processes.ts'
import { readmeBlock } from '../test/support/readme.ts'

const { PATH, HOME } = process.env

test.describe('npm run up', () => {
  test.describe.configure({ mode: 'serial' })
  let clone: Clone
  let up: Program
  let origin: string

  test.beforeAll(async () => {
    // It builds there, and must not say more for it.
    test.setTimeout(480_000)
    clone = await makeClone()
    const port = await freePort()
    origin = `http://localhost:${port}`
    const env = { PATH, HOME, PORT: String(port) }
    up = await startProgram('npm', ['run', 'up'], env, /Stop: Ctrl\+C\n/, { cwd: clone.folder })
  })
  test.afterAll(async () => {
    await up.stop()
    await clone.remove()
  })

  test('it prints ten lines at most on a clone that was not built, with all that a newcomer needs', async () => {
    const lines = up.output().trimEnd().split('\n')
    expect(lines.length, up.output()).toBeLessThanOrEqual(10)
    expect(up.output()).toContain(`Usher listens on ${origin}`)
    expect(up.output()).not.toMatch(/warn|deprecat|⚠/i)
    expect(up.output()).toContain('npm run dev')
    const log = /\.usher\/logs\/up\.log/.exec(up.output())?.[0] ?? ''
    // In a pipe the log is JSON, as it is in its file.
    await new Api(origin).get('/api/reviews')
    const entry = /^\{"time".*"operation":"GET \/api\/reviews".*\}$/m
    await expect.poll(() => entry.test(up.output())).toBe(true)
    const kept = (): Promise<string> => readFile(join(clone.folder, log), 'utf8')
    await expect.poll(async () => entry.test(await kept())).toBe(true)
  })

  test('the README’s curl lines give what the README shows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'usher-walk-'))
    const script = readmeBlock('walk').replace(/http:\/\/(127\.0\.0\.1|localhost):3000/, origin)
    const { code, output } = await runProgram(
      'bash',
      ['-c', `cd ${folder} && ${script}`],
      process.env,
    )
    expect(code, output).toBe(0)
    const answers = output
      .replace(/eyJ[\w.-]+/g, 'eyJ…')
      .replace(/"requestId":"[^"]+"/, '"requestId":"…"')
      .replace(/"nextCursor":"[^"]+"/, '"nextCursor":"…"')
    expect(answers.trim()).toBe(readmeBlock('answers').trim())
  })

  test('the line that it prints works', async () => {
    const line = /curl -s [\s\S]*?password"}'/.exec(up.output())?.[0] ?? ''
    const { output } = await runProgram('bash', ['-c', line], process.env)
    expect(JSON.parse(output)).toMatchObject({ message: 'Logged in' })
  })

  test('it prints an editor and an admin whose passwords work', async () => {
    const api = new Api(origin)
    for (const [user, level] of [
      ['editor@home.org', 5],
      ['admin@home.org', 9],
    ] as const) {
      const password = new RegExp(`${user} / (\\S+)`).exec(up.output())?.[1] ?? ''
      expect((await api.signIn({ user, password })).content).toEqual({ user, level })
    }
  })

  test('the list pages through 3,202 movies, none missing and none twice', async () => {
    const api = new Api(origin)
    const { JWT } = await api.signIn()
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const path = `/api/movies?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`
      const { body } = await api.patiently(() => api.get(path, JWT))
      seen.push(...body.data.map((item: { id: string }) => item.id))
      cursor = body.nextCursor
    } while (cursor !== null)
    expect(seen).toHaveLength(3_202)
    expect(new Set(seen).size).toBe(3_202)
  })

  test('npm run seed finds the store of the running up', async () => {
    const args = ['run', 'seed', '--', '--from', 'vega']
    const { output } = await runProgram('npm', args, { PATH, HOME }, { cwd: clone.folder })
    expect(output).toContain('movies: 0 written, 3200 unchanged, 1 rejected')
    const [store = '', ...rest] = /^The store is .*$[\s\S]*/m.exec(output)?.[0].split('\n') ?? []
    expect(store).toMatch(
      /^The store is the embedded store, of the `npm run up` that runs as process \d+\.$/,
    )
    expect(rest.join()).toContain('written')
  })
})

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

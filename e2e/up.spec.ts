import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { embeddedEngine } from '../local/gateway/engine.ts'
import { startGateway } from '../local/gateway/server.ts'
import { Api } from './support/api.ts'
import { expect, test } from './support/fixtures.ts'
import {
  freePort,
  type Program,
  runProgram,
  startProgram,
  startRedis,
} from './support/processes.ts'
import { readmeBlock } from './support/readme.ts'

test.describe('npm run up', () => {
  test.describe.configure({ mode: 'serial' })
  let up: Program
  let origin: string

  test.beforeAll(async () => {
    const port = await freePort()
    origin = `http://127.0.0.1:${port}`
    const { PATH, HOME } = process.env
    up = await startProgram(
      'npm',
      ['run', 'up'],
      { PATH, HOME, PORT: String(port) },
      /Try it:[\s\S]*password"}'/,
    )
  })
  test.afterAll(async () => {
    await up.stop()
  })

  test('the README’s curl lines give what the README shows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'usher-walk-'))
    const script = readmeBlock('walk').replace('http://127.0.0.1:3000', origin)
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
      const { body } = await api.get(
        `/api/movies?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`,
        JWT,
      )
      seen.push(...body.data.map((item: { id: string }) => item.id))
      cursor = body.nextCursor
    } while (cursor !== null)
    expect(seen).toHaveLength(3_202)
    expect(new Set(seen).size).toBe(3_202)
  })

  test('npm run seed finds the store of the running up', async () => {
    const { output } = await runProgram('npm', ['run', 'seed', '--', '--from', 'vega'], {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
    })
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
  const { PATH, HOME } = process.env
  const items = async (): Promise<string[]> => {
    const keys = await client.keys('*')
    return keys.filter((key) => /^(movie|book|review|user|index|words):/.test(key))
  }
  try {
    for (const words of [[], ['--demo']]) {
      const env = { PATH, HOME, PORT: String(await freePort()), REDIS_URL: redis.url }
      const args = ['local/run.mjs', 'up', ...words]
      const up = await startProgram(process.execPath, args, env, /Try it:\n.*curl/)
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
  const { PATH, HOME } = process.env
  const env = {
    PATH,
    HOME,
    PORT: String(await freePort()),
    AUTH_REDIS_REST_URL: accounts.url,
    AUTH_REDIS_REST_TOKEN: accounts.token,
  }
  const up = await startProgram(process.execPath, ['local/run.mjs', 'up'], env, /Try it:\n.*curl/)
  expect(await engine.call([Buffer.from('KEYS'), Buffer.from('user:*')])).toEqual([])
  await up.stop()
  await accounts.close()
  await engine.close()
})

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXAMPLE_SECRETS } from '../lib/settings/readers.ts'
import { Api, isProblem, ME } from '../test/support/api.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { freePort, runProgram, startProgram, startRedis } from '../test/support/processes.ts'

const secret = (): string => randomBytes(32).toString('base64url')
const [exampleAccess = '', exampleRefresh = ''] = EXAMPLE_SECRETS

interface Complete extends Record<string, string> {
  PATH: string
  PORT: string
  APP_ORIGIN: string
  SECRET_TOKEN: string
  SECRET_RTOKEN: string
  USHER_STORE: string
  USHER_STORE_FOLDER: string
}

async function complete(): Promise<Complete> {
  const port = await freePort()
  return {
    PATH: process.env['PATH'] ?? '',
    SECRET_TOKEN: secret(),
    SECRET_RTOKEN: secret(),
    APP_ORIGIN: `http://127.0.0.1:${port}`,
    PORT: String(port),
    // Where another store is named, that one is taken.
    USHER_STORE: 'embedded',
    USHER_STORE_FOLDER: await mkdtemp(join(tmpdir(), 'usher-store-')),
  }
}

test('exit 1, naming every faulty variable at once, without a value', async ({ host }) => {
  const good = await complete()
  const same = secret()
  const cases: [Record<string, string>, string[]][] = [
    [
      { PATH: good.PATH },
      ['SECRET_TOKEN', 'SECRET_RTOKEN', 'APP_ORIGIN', 'UPSTASH_REDIS_REST_URL'],
    ],
    [{ ...good, USHER_STORE: 'redis' }, ['USHER_STORE']],
    [{ ...good, SECRET_TOKEN: same, SECRET_RTOKEN: same }, ['SECRET_RTOKEN']],
    [{ ...good, SECRET_TOKEN: 'too-short-a-secret' }, ['SECRET_TOKEN']],
    [
      { ...good, SECRET_TOKEN: exampleAccess, SECRET_RTOKEN: exampleRefresh },
      ['SECRET_TOKEN', 'SECRET_RTOKEN'],
    ],
    [
      {
        ...good,
        APP_ORIGIN: 'http://api.example.com',
        ACCESS_TOKEN_TTL: 'soon',
        REFRESH_GRACE: '61',
        PORT: 'x',
        REDIS_URL: 'http://x',
        TRUSTED_PROXY: 'proxy',
        RATE_LIMITS: '{"nope":1}',
        SHUTDOWN_DELAY: '2h',
      },
      [
        'APP_ORIGIN',
        'ACCESS_TOKEN_TTL',
        'REFRESH_GRACE',
        'PORT',
        'REDIS_URL',
        'TRUSTED_PROXY',
        'RATE_LIMITS',
        'SHUTDOWN_DELAY',
      ],
    ],
    [{ ...good, SIGNING_KEY: '{"kty":"oct","k":"x"}' }, ['SIGNING_KEY']],
    [{ ...good, SIGNING_KEY: '{"kty":"EC","crv":"P-256","x":"AAAA","d":"AAAA"}' }, ['SIGNING_KEY']],
    [
      { ...good, SIGNING_KEY_PREVIOUS: '{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}' },
      ['SIGNING_KEY_PREVIOUS'],
    ],
    [{ ...good, UPSTASH_REDIS_REST_URL: 'https://x.upstash.io' }, ['UPSTASH_REDIS_REST_TOKEN']],
  ]
  for (const [env, names] of cases) {
    const { code, output } = await runProgram(process.execPath, ['local/run.mjs', host], env)
    expect(code, output).toBe(1)
    for (const name of names) expect(output).toContain(`- ${name} `)
    expect(output.match(/^ {2}- /gm)).toHaveLength(names.length)
    for (const value of [same, 'too-short-a-secret', exampleAccess])
      expect(output).not.toContain(value)
  }
})

test('without a store it does not start, and says what would name one', async ({ host }) => {
  const { USHER_STORE: _, ...env } = await complete()
  for (const command of [host, 'workerd']) {
    const { code, output } = await runProgram(process.execPath, ['local/run.mjs', command], env)
    expect(code, output).toBe(1)
    for (const name of ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN', 'REDIS_URL'])
      expect(output).toContain(name)
    expect(output).toContain('USHER_STORE=embedded')
  }
})

for (const command of ['', 'workerd']) {
  test(`with USHER_STORE=embedded ${command || 'it'} serves an empty store without accounts, says where it is kept, and stops on a signal`, async ({
    host,
  }) => {
    const env = await complete()
    const program = await startProgram(
      process.execPath,
      ['local/run.mjs', command || host],
      env,
      /Usher listens on/,
    )
    const api = new Api(env.APP_ORIGIN)
    expect(isProblem(await api.post('/api/auth/signin', ME), 'invalid-credentials', 401)).toBe(true)
    expect(isProblem(await api.get('/api/books/emma'), 'not-found', 404)).toBe(true)
    expect((await api.get('/api/reviews')).body).toEqual({ data: [], nextCursor: null })
    expect(program.output()).toContain(`kept in ${env.USHER_STORE_FOLDER} (empty so far)`)
    expect(program.output()).not.toContain('home.org')
    expect(await program.stop()).toBe(0)
    await expect(api.get('/api/health')).rejects.toThrow()
  })
}

test('with REDIS_URL it serves that Redis, unseeded; when Redis goes it answers 503, and recovers', async ({
  host,
}) => {
  const redis = await startRedis()
  const env = { ...(await complete()), REDIS_URL: redis.url }
  const program = await startProgram(
    process.execPath,
    ['local/run.mjs', host],
    env,
    /Usher listens on/,
  )
  const api = new Api(env.APP_ORIGIN)
  expect(isProblem(await api.post('/api/auth/signin', ME), 'invalid-credentials', 401)).toBe(true)

  await redis.stop()
  expect(isProblem(await api.post('/api/auth/signin', ME), 'service-unavailable', 503)).toBe(true)
  const again = await startProgram(
    'redis-server',
    ['--port', new URL(redis.url).port, '--save', ''],
    process.env,
    /Ready to accept/,
  )
  await expect
    .poll(async () => (await api.post('/api/auth/signin', ME)).status, { timeout: 5_000 })
    .toBe(401)
  await again.stop()
  await program.stop()
})

test('SIGTERM to npm stops the server that npm started', async ({ host }) => {
  const env = await complete()
  const args = host === 'start' ? ['start'] : ['run', host]
  const program = await startProgram(
    'npm',
    args,
    { ...env, HOME: process.env['HOME'] ?? '' },
    /Usher listens on/,
  )
  await program.stop()
  const api = new Api(env.APP_ORIGIN)
  await expect
    .poll(() =>
      api.get('/api/health').then(
        () => 'up',
        () => 'gone',
      ),
    )
    .toBe('gone')
})

test('at SIGTERM readiness says no first, and requests are served until SHUTDOWN_DELAY is over', async ({
  host,
}) => {
  const env = { ...(await complete()), SHUTDOWN_DELAY: '1h' }
  const args = ['local/run.mjs', host]
  const program = await startProgram(process.execPath, args, env, /Usher listens on/)
  try {
    const api = new Api(env.APP_ORIGIN)
    expect((await api.get('/api/health/ready')).status).toBe(200)
    const ended = program.stop()
    await expect.poll(async () => (await api.get('/api/health/ready')).status).toBe(503)
    const refused = await api.get('/api/health/ready')
    expect(isProblem(refused, 'service-unavailable', 503)).toBe(true)
    expect((await api.send('/api/health/ready', { method: 'HEAD' })).status).toBe(503)
    // New connections are taken all the while, and what they ask for is answered.
    const next = await fetch(`${env.APP_ORIGIN}/api/reviews`, { headers: { Connection: 'close' } })
    expect(next.status).toBe(200)
    // A second signal is for whoever does not want to wait.
    program.process.kill('SIGTERM')
    expect(await ended).toBe(1)
  } finally {
    // A test that fails must not leave it for an hour.
    program.process.kill('SIGKILL')
  }

  const short = await startProgram(
    process.execPath,
    args,
    { ...env, SHUTDOWN_DELAY: '1' },
    /Usher listens on/,
  )
  expect(await short.stop()).toBe(0)
})

test('a request that runs at SIGTERM is finished', async ({ host }) => {
  const env = await complete()
  const args = ['local/run.mjs', host]
  const program = await startProgram(process.execPath, args, env, /Usher listens on/)
  const sent = request(`${env.APP_ORIGIN}/api/auth/signin`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Expect: '100-continue' },
  })
  const answered = once(sent, 'response')
  sent.flushHeaders()
  await once(sent, 'continue')
  const ended = program.stop()
  const isGone = (): Promise<boolean> =>
    fetch(`${env.APP_ORIGIN}/api/health`, { headers: { Connection: 'close' } }).then(
      () => false,
      () => true,
    )
  await expect.poll(isGone).toBe(true)
  sent.end(JSON.stringify(ME))
  const [answer] = await answered
  expect(answer.statusCode).toBe(401)
  answer.resume()
  expect(await ended).toBe(0)
})

test('rotating the secrets signs nobody out', async ({ host }) => {
  const redis = await startRedis()
  const env = { ...(await complete()), REDIS_URL: redis.url }
  const serve = (more: Record<string, string>) =>
    startProgram(process.execPath, ['local/run.mjs', host], { ...env, ...more }, /Usher listens on/)
  const api = new Api(env.APP_ORIGIN)

  const before = await serve({})
  const seeded = await runProgram(process.execPath, ['local/run.mjs', 'seed', '--demo'], env)
  expect(seeded.code, seeded.output).toBe(0)
  const { JWT, refresh } = await api.signIn()
  await before.stop()

  const after = await serve({
    SECRET_TOKEN: secret(),
    SECRET_RTOKEN: secret(),
    SECRET_TOKEN_PREVIOUS: env.SECRET_TOKEN,
    SECRET_RTOKEN_PREVIOUS: env.SECRET_RTOKEN,
  })
  expect((await api.get('/api/movies', JWT)).status).toBe(200)
  expect((await api.post('/api/auth/refresh', { refresh })).status).toBe(200)
  await after.stop()

  const without = await serve({ SECRET_TOKEN: secret(), SECRET_RTOKEN: secret() })
  expect((await api.get('/api/movies', JWT)).status).toBe(401)
  await without.stop()
  await redis.stop()
})

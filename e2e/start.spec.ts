import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXAMPLE_SECRETS } from '../lib/settings/secrets.ts'
import { Api, ME } from '../test/support/api.ts'
import { SECRET_RTOKEN, SECRET_TOKEN, secret } from '../test/support/environment.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { freePort, runProgram, startProgram, startRedis } from '../test/support/processes.ts'
import { serverEnvironment, startApi } from '../test/support/start-api.ts'

const [exampleAccess = '', exampleRefresh = ''] = EXAMPLE_SECRETS

/** Names no other store. */
const EMBEDDED = { USHER_STORE: 'embedded' }

/** The same, kept in a folder of its own. */
async function embedded(): Promise<{ USHER_STORE: string; USHER_STORE_FOLDER: string }> {
  return { ...EMBEDDED, USHER_STORE_FOLDER: await mkdtemp(join(tmpdir(), 'usher-store-')) }
}

/** Sends a sign-in up to its body, for which the server waits then. */
async function beginSignIn(origin: string): Promise<{
  sent: ClientRequest
  answered: Promise<[IncomingMessage]>
}> {
  const sent = request(`${origin}/api/auth/signin`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Expect: '100-continue' },
  })
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>
  sent.flushHeaders()
  await once(sent, 'continue')
  return { sent, answered }
}

test('exit 1, naming every faulty variable at once, without a value', async ({ host }) => {
  const good = serverEnvironment({ port: await freePort(), env: EMBEDDED })
  const same = secret()
  const cases: [typeof good, string[]][] = [
    [
      { PATH: good['PATH'] },
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
  const env = serverEnvironment({ port: await freePort() })
  for (const command of [host, 'workerd']) {
    const { code, output } = await runProgram(process.execPath, ['local/run.mjs', command], env)
    expect(code, output).toBe(1)
    for (const name of ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN', 'REDIS_URL'])
      expect(output).toContain(name)
    expect(output).toContain('USHER_STORE=embedded')
  }
})

for (const command of ['', 'workerd'] as const) {
  test(`with USHER_STORE=embedded ${command || 'it'} serves an empty store without accounts, says where it is kept, and stops on a signal`, async ({
    host,
  }) => {
    const env = await embedded()
    const server = await startApi({ host: command || host, env })
    const { api } = server
    expect(await api.post('/api/auth/signin', ME)).toBeProblem('invalid-credentials')
    expect(await api.get('/api/books/emma')).toBeProblem('not-found')
    expect((await api.get('/api/reviews')).body).toEqual({ data: [], nextCursor: null })
    expect(server.output()).toContain(`kept in ${env.USHER_STORE_FOLDER} (empty so far)`)
    expect(server.output()).not.toContain('home.org')
    expect(await server.stop()).toBe(0)
    await expect(api.get('/api/health')).rejects.toThrow()
  })
}

test('with REDIS_URL it serves that Redis, unseeded; when Redis goes it answers 503, and recovers', async ({
  host,
}) => {
  const redis = await startRedis()
  const server = await startApi({ host, env: { REDIS_URL: redis.url } })
  const { api } = server
  expect(await api.post('/api/auth/signin', ME)).toBeProblem('invalid-credentials')

  await redis.stop()
  expect(await api.post('/api/auth/signin', ME)).toBeProblem('service-unavailable')
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
  await server.stop()
})

test('with a Redis that hangs it answers 503, and goes on when Redis does', async ({ host }) => {
  const redis = await startRedis()
  const server = await startApi({ host, env: { REDIS_URL: redis.url } })
  const { api } = server
  expect((await api.get('/api/books/emma')).status).toBe(404)
  redis.process.kill('SIGSTOP')
  const strangers = () => Promise.all(Array.from({ length: 10 }, () => api.get('/api/books/emma')))
  for (const answer of [...(await strangers()), ...(await strangers())]) {
    expect(answer).toBeProblem('service-unavailable')
  }
  redis.process.kill('SIGCONT')
  await expect.poll(async () => (await api.get('/api/books/emma')).status).toBe(404)
  for (const answer of await strangers()) expect(answer.status, answer.text).toBe(404)
  await server.stop()
  await redis.stop()
})

test('SIGTERM to npm stops the server that npm started', async ({ host }) => {
  const port = await freePort()
  const env = serverEnvironment({ port, env: { ...(await embedded()), HOME: process.env['HOME'] } })
  const args = host === 'start' ? ['start'] : ['run', host]
  const program = await startProgram('npm', args, env, /Usher listens on/)
  await program.stop()
  const api = new Api(`http://127.0.0.1:${port}`)
  await expect
    .poll(() =>
      api.get('/api/health').then(
        () => 'up',
        () => 'gone',
      ),
    )
    .toBe('gone')
})

test('a signal to npm and to all below it, as from a supervisor, finishes a request that runs', async ({
  host,
}) => {
  const port = await freePort()
  const env = serverEnvironment({ port, env: { ...(await embedded()), HOME: process.env['HOME'] } })
  const place = { detached: true }
  const program = await startProgram('npm', ['run', host], env, /Usher listens on/, place)
  const { sent, answered } = await beginSignIn(`http://127.0.0.1:${port}`)
  const npm = once(program.process, 'exit')
  process.kill(-(program.process.pid ?? 0), 'SIGTERM')
  await npm
  // Meanwhile the server sees that npm is gone.
  for (let index = 0; index < 10; index++) await runProgram(process.execPath, ['-e', ''], {})
  sent.end(JSON.stringify(ME))
  const [answer] = await answered
  expect(answer.statusCode).toBe(401)
  answer.resume()
})

test('at SIGTERM readiness says no first, and requests are served until SHUTDOWN_DELAY is over', async ({
  host,
}) => {
  const server = await startApi({ host, env: { ...(await embedded()), SHUTDOWN_DELAY: '1h' } })
  const { api, origin } = server
  try {
    expect((await api.get('/api/health/ready')).status).toBe(200)
    const ended = server.stop()
    await expect.poll(async () => (await api.get('/api/health/ready')).status).toBe(503)
    const refused = await api.get('/api/health/ready')
    expect(refused).toBeProblem('service-unavailable')
    expect((await api.send('/api/health/ready', { method: 'HEAD' })).status).toBe(503)
    // New connections are taken all the while, and what they ask for is answered.
    const next = await fetch(`${origin}/api/reviews`, { headers: { Connection: 'close' } })
    expect(next.status).toBe(200)
    // A second signal is for whoever does not want to wait.
    server.process.kill('SIGTERM')
    expect(await ended).toBe(1)
  } finally {
    // A test that fails must not leave it for an hour.
    server.process.kill('SIGKILL')
  }

  const short = await startApi({ host, env: { ...(await embedded()), SHUTDOWN_DELAY: '1' } })
  expect(await short.stop()).toBe(0)
})

test('a request that runs at SIGTERM is finished', async ({ host }) => {
  const { origin, stop } = await startApi({ host, env: await embedded() })
  const { sent, answered } = await beginSignIn(origin)
  const ended = stop()
  const isGone = (): Promise<boolean> =>
    fetch(`${origin}/api/health`, { headers: { Connection: 'close' } }).then(
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
  const port = await freePort()
  const env = { REDIS_URL: redis.url }
  const serve = (more: Record<string, string>) => startApi({ host, port, env: { ...env, ...more } })

  const before = await serve({})
  const { api } = before
  const seed = ['local/run.mjs', 'seed', '--demo']
  const seeded = await runProgram(process.execPath, seed, serverEnvironment({ port, env }))
  expect(seeded.code, seeded.output).toBe(0)
  const { JWT, refresh } = await api.signIn()
  await before.stop()

  const after = await serve({
    SECRET_TOKEN: secret(),
    SECRET_RTOKEN: secret(),
    SECRET_TOKEN_PREVIOUS: SECRET_TOKEN,
    SECRET_RTOKEN_PREVIOUS: SECRET_RTOKEN,
  })
  expect((await api.get('/api/movies', JWT)).status).toBe(200)
  expect((await api.post('/api/auth/refresh', { refresh })).status).toBe(200)
  await after.stop()

  const without = await serve({ SECRET_TOKEN: secret(), SECRET_RTOKEN: secret() })
  expect(await api.get('/api/movies', JWT)).toBeProblem('invalid-token')
  await without.stop()
  await redis.stop()
})

import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { memoryStore, type Tokens, UsherClient, UsherProblem } from '../lib/client.ts'
import { account } from '../test/support/accounts.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { runProgram } from '../test/support/processes.ts'

test('the example for Node prints what it says', async ({ server }) => {
  const outfile = join(await mkdtemp(join(tmpdir(), 'usher-client-')), 'example.mjs')
  await build({
    entryPoints: ['examples/node.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  })
  const { code, output } = await runProgram(process.execPath, [outfile, server.origin], process.env)
  expect(code, output).toBe(0)
  expect(output).toContain('signed in as me@home.org')
  expect(output).toContain('Pulp Fiction is by Quentin Tarantino')
  expect(output).toMatch(/the oldest book: \w+/)
  expect(output).toMatch(/^\d\d+ books$/m)
  expect(output).toContain('404 not-found')
})

test('twenty requests with a token that is over: one refresh, all served, one session', async ({
  server,
  store,
}) => {
  const { user, password } = await account(store, 'client@home.org')
  const tokens = memoryStore()
  const asked: string[] = []
  let lose = 1
  const client = new UsherClient({
    url: server.origin,
    credential: { tokens },
    fetch: async (input, init) => {
      asked.push(String(input))
      const response = await fetch(input, init)
      // The first answer to a refresh is lost on its way.
      if (String(input).endsWith('/refresh') && lose-- > 0) throw new TypeError('fetch failed')
      return response
    },
  })
  expect(await client.signIn(user, password)).toEqual({ user, level: 0 })
  tokens.set({ ...(tokens.get() as Tokens), expiresAt: Date.now() - 1 })
  const films = await Promise.all(
    Array.from({ length: 20 }, () => client.get('movies', 'Pulp Fiction')),
  )
  expect(new Set(films.map(({ year }) => year))).toEqual(new Set([1994]))
  expect(asked.filter((url) => url.endsWith('/refresh'))).toHaveLength(2)
  expect(await store.call('ZCARD', `sessions:${user}`)).toBe(1)

  // A token that the server no longer takes is renewed once, and then given up.
  let signedOut = 0
  const over = new UsherClient({
    url: server.origin,
    credential: { tokens },
    onSignedOut: () => signedOut++,
  })
  await client.signOut()
  tokens.set({ access: 'a.b.c', refresh: 'a.b.c', expiresAt: Date.now() + 60_000 })
  const failed = await over.get('movies', 'Pulp Fiction').catch((error: unknown) => error)
  expect(failed).toMatchObject({ status: 401, code: 'invalid-refresh-token' })
  expect([signedOut, tokens.get()]).toEqual([1, undefined])
})

test('it waits out Retry-After, and repeats only what may be repeated', async () => {
  const answers: Response[] = []
  const asked: string[] = []
  const client = new UsherClient({
    url: 'https://usher.invalid',
    credential: { apiKey: 'a key' },
    fetch: async (input, init) => {
      asked.push(`${init?.method ?? 'GET'} ${new URL(String(input)).pathname}`)
      return answers.shift() ?? Response.json({ id: 'x' })
    },
    longestWait: 5,
  })
  const busy = (status: number, seconds: string): Response =>
    Response.json(
      { type: `/problems/${status === 429 ? 'quota-exceeded' : 'service-unavailable'}`, status },
      { status, headers: { 'Retry-After': seconds } },
    )
  answers.push(busy(429, '0'), busy(503, '0'))
  expect(await client.get('movies', 'a/b')).toEqual({ id: 'x' })
  expect(asked.splice(0)).toEqual(Array(3).fill('GET /api/movies/a%2Fb'))

  answers.push(busy(503, '0'))
  const patched = client.patch('movies', 'a', { year: 1 })
  await expect(patched).rejects.toMatchObject({ status: 503, code: 'service-unavailable' })
  answers.push(busy(429, '0'))
  await client.patch('movies', 'a', { year: null })
  answers.push(busy(503, '0'))
  await client.create('movies', { id: 'a' })
  expect(asked.splice(0)).toHaveLength(5)

  answers.push(busy(429, '3600'))
  await expect(client.get('movies', 'a')).rejects.toBeInstanceOf(UsherProblem)
  expect(asked).toHaveLength(1)

  // Of nobody no key is remembered, and the API says so.
  const sent: (string | null)[] = []
  const nobody = new UsherClient({
    url: 'https://usher.invalid',
    fetch: async (_, init) => {
      sent.push(new Headers(init?.headers).get('Idempotency-Key'))
      return Response.json({ id: 'x' })
    },
  })
  await nobody.create('movies', { id: 'a' })
  expect(sent).toEqual([null])
})

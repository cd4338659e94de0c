import { SignJWT } from 'jose'
import { account, sessionOf } from '../../test/support/accounts.ts'
import type { Answer, Api } from '../../test/support/api.ts'
import { expect, SECRET_TOKEN, test } from '../../test/support/fixtures.ts'

/** What a browser keeps: name and value of every cookie that it was given and not told to forget. */
class Jar {
  readonly cookies = new Map<string, string>()

  keep(answer: Answer): void {
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      if (/Max-Age=0/.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
  }

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }
}

async function login(
  api: Api,
  credentials: { user: string; password: string },
): Promise<{ jar: Jar; answer: Answer }> {
  const answer = await api.post('/api/auth/login', credentials)
  expect(answer.status, answer.text).toBe(200)
  const jar = new Jar()
  jar.keep(answer)
  return { jar, answer }
}

/** The access token again, as it would be an hour after its end. */
async function expire(jar: Jar, origin: string): Promise<void> {
  const token = jar.cookies.get('usher-access') ?? ''
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  const seconds = Math.floor(Date.now() / 1_000)
  const expired = await new SignJWT({ ...claims, iat: seconds - 7_200, exp: seconds - 3_600 })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .sign(new TextEncoder().encode(SECRET_TOKEN))
  expect(claims.iss).toBe(origin)
  jar.cookies.set('usher-access', expired)
}

function read(api: Api, jar: Jar, path = '/api/movies/Pulp%20Fiction'): Promise<Answer> {
  return api.send(path, { headers: { Cookie: jar.header } })
}

function write(api: Api, jar: Jar, headers: Record<string, string>): Promise<Answer> {
  return api.send('/api/profile', {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', Cookie: jar.header, ...headers },
    body: '{"name":"Cookie"}',
  })
}

const SAME = { 'Sec-Fetch-Site': 'same-origin' }

test.describe('POST /api/auth/login', () => {
  test('200 without a token in the body; two cookies that no script reads', async ({
    api,
    store,
  }) => {
    const { answer, jar } = await login(api, await account(store, 'lo@home.org'))
    expect(answer.body).toEqual({
      message: 'Logged in',
      content: { user: 'lo@home.org', level: 0 },
    })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const [access, refresh] = answer.headers.getSetCookie()
    expect(access).toMatch(/^usher-access=[\w.-]+; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(refresh).toMatch(
      /^usher-refresh=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    await read(api, jar)
    const movie = await read(api, jar)
    expect([movie.status, movie.body.id]).toEqual([200, 'Pulp Fiction'])
    expect(movie.headers.getSetCookie()).toEqual([])
    expect(movie.headers.get('server-timing')).toContain('1 trips, 1 commands')
  })

  test('403 csrf-failed for a page of another origin; a program and an own page may', async ({
    api,
    store,
  }) => {
    const credentials = await account(store, 'lulu@home.org')
    const send = (headers: Record<string, string>, body: object = credentials): Promise<Answer> =>
      api.send('/api/auth/login', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
    for (const headers of [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: `${api.origin}.evil.example` },
    ]) {
      for (const body of [credentials, {}]) {
        const answer = await send(headers, body)
        expect(answer, JSON.stringify(headers)).toBeProblem('csrf-failed')
        expect(answer.headers.getSetCookie()).toEqual([])
      }
    }
    for (const headers of [{}, SAME, { Origin: api.origin }]) {
      expect((await send(headers)).status, JSON.stringify(headers)).toBe(200)
    }
  })

  test('401 for a wrong password, in the same bytes as signin', async ({ api }) => {
    const answer = await api.post('/api/auth/login', { user: 'me@home.org', password: 'no' })
    expect(answer).toBeProblem('invalid-credentials')
    expect(answer.headers.getSetCookie()).toEqual([])
  })
})

test.describe('CSRF', () => {
  test('an unsafe request with cookies comes from this origin or is 403, and does nothing', async ({
    api,
    store,
  }) => {
    const { jar } = await login(api, await account(store, 'cora@home.org'))
    for (const headers of [
      {},
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'none' },
      { 'Sec-Fetch-Site': 'cross-site', Origin: api.origin },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
    ]) {
      const answer = await write(api, jar, headers)
      expect(answer, JSON.stringify(headers)).toBeProblem('csrf-failed')
    }
    expect(await store.call('HGET', 'user:cora@home.org', 'name')).toBeNull()
    for (const headers of [SAME, { Origin: api.origin }]) {
      expect((await write(api, jar, headers)).status, JSON.stringify(headers)).toBe(200)
    }
  })

  test('an expired access cookie from another site rotates nothing', async ({ api, store }) => {
    const { jar } = await login(api, await account(store, 'cass@home.org'))
    await expire(jar, api.origin)
    const answer = await write(api, jar, { 'Sec-Fetch-Site': 'cross-site' })
    expect(answer).toBeProblem('csrf-failed')
    const session = `session:${sessionOf(jar.cookies.get('usher-refresh') ?? '')}`
    expect(await store.call('HGET', session, 'seq')).toBe('1')
  })

  test('another site cannot log out; this one can, and the cookies go', async ({ api, store }) => {
    const { jar } = await login(api, await account(store, 'cleo@home.org'))
    const logout = (headers: Record<string, string>): Promise<Answer> =>
      api.send('/api/auth/logout', { method: 'POST', headers: { Cookie: jar.header, ...headers } })
    const foreign = await logout({ 'Sec-Fetch-Site': 'cross-site' })
    expect(foreign).toBeProblem('csrf-failed')
    expect((await read(api, jar)).status).toBe(200)

    // A form of another site comes without the cookies, and must not take them away.
    const form = await api.send('/api/auth/logout', {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'text/plain' },
      body: 'a=b',
    })
    expect([form.status, form.headers.getSetCookie()]).toEqual([204, []])

    const own = await logout(SAME)
    expect(own.status).toBe(204)
    const copy = new Jar()
    for (const [name, value] of jar.cookies) copy.cookies.set(name, value)
    jar.keep(own)
    expect(jar.cookies.size).toBe(0)
    expect(await read(api, copy)).toBeProblem('invalid-token')
  })
})

test.describe('silent refresh', () => {
  test('an expired or missing access cookie is renewed on the way, in two trips', async ({
    api,
    store,
  }) => {
    const { jar } = await login(api, await account(store, 'si@home.org'))
    await expire(jar, api.origin)
    await read(api, jar)
    jar.cookies.delete('usher-access')
    // By a refresh token alone the gate hears of the plan with the first request, and opens its window with the second.
    await read(api, jar)
    const answer = await read(api, jar)
    expect([answer.status, answer.body.id]).toEqual([200, 'Pulp Fiction'])
    expect(answer.headers.get('server-timing')).toContain('2 trips, 2 commands')
    expect(answer.headers.getSetCookie()).toHaveLength(2)
    jar.keep(answer)
    const next = await read(api, jar)
    expect([next.status, next.headers.getSetCookie()]).toEqual([200, []])
  })

  test('20 parallel requests with an expired access cookie all succeed and leave one session', async ({
    api,
    store,
  }) => {
    const { jar } = await login(api, await account(store, 'sue@home.org'))
    await expire(jar, api.origin)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 4 === 0 ? write(api, jar, SAME) : read(api, jar),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    const refreshes = answers.map(({ headers }) => headers.getSetCookie()[1])
    expect(new Set(refreshes.map((line) => line?.split(';')[0])).size).toBe(1)
    expect(await store.call('ZCARD', 'sessions:sue@home.org')).toBe(1)
    for (const answer of answers) jar.keep(answer)
    expect((await read(api, jar)).status).toBe(200)
  })

  test('the rotated pair goes out with a failure too', async ({ api, store }) => {
    const { jar } = await login(api, await account(store, 'sid@home.org'))
    for (const [path, status] of [
      ['/api/movies/Nothing', 404],
      ['/api/users', 403],
      ['/api/movies?limit=0', 422],
    ] as const) {
      await expire(jar, api.origin)
      const answer = await read(api, jar, path)
      expect(answer.status).toBe(status)
      expect(answer.headers.getSetCookie()).toHaveLength(2)
      jar.keep(answer)
    }
    expect((await read(api, jar)).status).toBe(200)
  })

  test('401 after the session ended, with an access token as refresh, and unsigned', async ({
    api,
    store,
  }) => {
    const credentials = await account(store, 'sol@home.org')
    const { jar } = await login(api, credentials)
    const access = jar.cookies.get('usher-access') ?? ''
    for (const refresh of [access, 'x.y.z', '', `${jar.cookies.get('usher-refresh')}%2E`]) {
      const other = new Jar()
      other.cookies.set('usher-refresh', refresh)
      expect(await read(api, other), refresh).toBeProblem('invalid-token')
    }
    await expire(jar, api.origin)
    const { JWT } = await api.signIn(credentials)
    await api.send('/api/auth/sessions', {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${JWT}` },
    })
    expect(await read(api, jar)).toBeProblem('invalid-token')
  })

  test('a public read with an expired access cookie rotates nothing', async ({ api, store }) => {
    const { jar } = await login(api, await account(store, 'pia@home.org'))
    await expire(jar, api.origin)
    const answer = await read(api, jar, '/api/books/emma')
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []])
  })
})

test('cookies and a Bearer token are two credentials; other cookies are none', async ({
  api,
  store,
}) => {
  const { jar } = await login(api, await account(store, 'two@home.org'))
  const { JWT } = await api.signIn()
  const both = await api.send('/api/movies', {
    headers: { Cookie: jar.header, Authorization: `Bearer ${JWT}` },
  })
  expect(both).toBeProblem('invalid-request')
  const other = await api.send('/api/movies', { headers: { Cookie: 'theme=dark; __Host-x=1' } })
  expect(other).toBeProblem('authentication-required')
  const mixed = await api.send('/api/movies?limit=1', {
    headers: { Cookie: 'theme=dark', Authorization: `Bearer ${JWT}` },
  })
  expect(mixed.status).toBe(200)
})

import { CompactSign } from 'jose'
import { account, sessionOf } from '../test/support/accounts.ts'
import type { Answer, Api } from '../test/support/api.ts'
import {
  expect,
  SECRET_RTOKEN,
  SECRET_TOKEN,
  type TestStore,
  test,
} from '../test/support/fixtures.ts'
import { lineOf } from '../test/support/log.ts'

/** Sessions and tokens from before accounts had ids: nobody is signed out by the change. */
test.describe.configure({ mode: 'serial' })

const SAME = { 'Sec-Fetch-Site': 'same-origin' }

interface Old {
  sid: string
  /** As they were written then: the address in `sub`, and no `user`. */
  access: string
  refresh: string
}

/** A session that looks as it did then, of an account that has its id already. */
async function signedInBefore(api: Api, store: TestStore, user: string): Promise<Old> {
  return before(store, user, await api.signIn(await account(store, user)))
}

/** The same of a session that there is. */
async function before(
  store: TestStore,
  user: string,
  { JWT, refresh }: { JWT: string; refresh: string },
): Promise<Old> {
  const sid = sessionOf(refresh)
  await store.call('HSET', `session:${sid}`, 'uid', user)
  return {
    sid,
    access: await rewritten(JWT, user, SECRET_TOKEN),
    refresh: await rewritten(refresh, user, SECRET_RTOKEN),
  }
}

function parts(token: string): Record<string, string>[] {
  const [header = '', payload = ''] = token.split('.')
  return [header, payload].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
}

async function rewritten(token: string, user: string, secret: string): Promise<string> {
  const [header = {}, { user: _, ...claims } = {}] = parts(token)
  const bytes = new TextEncoder().encode(JSON.stringify({ ...claims, sub: user }))
  const key = new TextEncoder().encode(secret)
  return new CompactSign(bytes).setProtectedHeader({ ...header, alg: 'HS256' }).sign(key)
}

const withRefresh = ({ refresh }: Old) => ({ Cookie: `usher-refresh=${refresh}` })

/** The cookies that an answer sets, as a browser sends them. */
function given(answer: Answer): { Cookie: string } {
  const pairs = answer.headers.getSetCookie().map((line) => line.split(';')[0])
  return { Cookie: pairs.join('; ') }
}

test('such a session goes on with its next refresh, and its account gets an id', async ({
  api,
  store,
}) => {
  const user = 'from-before@home.org'
  const { refresh } = await signedInBefore(api, store, user)
  const id = await store.call('HGET', `user:${user}`, 'id')
  await store.call('HDEL', `user:${user}`, 'id')
  await store.call('DEL', `uid:${id}`)
  const first = await api.post('/api/auth/refresh', { refresh })
  expect(first.status, first.text).toBe(200)
  const repeat = await api.post('/api/auth/refresh', { refresh })
  expect([repeat.status, repeat.body.refresh]).toEqual([200, first.body.refresh])
  const { body } = await api.get('/api/profile', first.body.JWT)
  expect(body).toMatchObject({ user, id: expect.stringMatching(/^u_/) })
  expect(await store.call('GET', `uid:${body.id}`)).toBe(user)
  expect((await api.post('/api/auth/refresh', { refresh: first.body.refresh })).status).toBe(200)
})

test('a silent refresh acts as the account, not as its address', async ({ api, store }) => {
  const user = 'silent-before@home.org'
  const old = await signedInBefore(api, store, user)
  const id = await store.call('HGET', `user:${user}`, 'id')
  const headers = { ...withRefresh(old), ...SAME, 'Content-Type': 'application/json' }
  const profile = await api.send('/api/profile', { headers })
  expect([profile.status, profile.body.id]).toEqual([200, id])
  const review = await api.send('/api/reviews', {
    method: 'POST',
    headers,
    body: JSON.stringify({ movie: 'Alien', rating: 4, text: 'x' }),
  })
  expect([review.status, review.body.owner]).toEqual([201, id])
  const key = { method: 'POST', headers, body: '{"name":"k","scopes":["movies:read"]}' }
  expect((await api.send('/api/keys', key)).status).toBe(201)
  const changed = await api.send('/api/auth/password', {
    method: 'POST',
    headers,
    body: JSON.stringify({ current: 'password', password: 'another long phrase 77' }),
  })
  expect(changed.status, changed.text).toBe(204)
  expect((await api.send('/api/profile', { headers: given(changed) })).status).toBe(200)
})

test('a burst of requests with an old cookie signs nobody out, and logs no address', async ({
  api,
  server,
  store,
}) => {
  const old = await signedInBefore(api, store, 'burst-before@home.org')
  const headers = withRefresh(old)
  for (let count = 0; count < 12; count++) {
    const read = await api.send('/api/reviews', { headers })
    const line = await lineOf(server, read)
    expect([line['session'], JSON.stringify(line).includes('@')]).toEqual([old.sid, false])
  }
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => api.send('/api/profile', { headers })),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200))
  const fresh = given(answers[0] as Answer)
  for (let count = 0; count < 12; count++) {
    expect((await api.send('/api/profile', { headers: fresh })).status).toBe(200)
  }
})

test('logging out with an old token ends the session, migrated or not; its event has no address', async ({
  api,
  store,
}) => {
  const { JWT } = await api.signIn(await account(store, 'admin-before@home.org', { level: '9' }))
  for (const migrated of [false, true]) {
    for (const kind of ['access', 'refresh'] as const) {
      const user = `out-${kind}-${migrated}@home.org`
      const old = await signedInBefore(api, store, user)
      if (migrated) {
        const { status } = await api.post('/api/auth/refresh', { refresh: old.refresh })
        expect(status).toBe(200)
      }
      const { status } =
        kind === 'access'
          ? await api.post('/api/auth/logout', {}, old.access)
          : await api.post('/api/auth/logout', { refresh: old.refresh })
      expect(status).toBe(204)
      const state = await store.call('HGET', `session:${old.sid}`, 'st')
      expect([user, state]).not.toEqual([user, 'live'])
      const ended = async (): Promise<{ session: string }[]> =>
        (await api.get('/api/events?type=session.ended', JWT)).body.data
      await expect.poll(ended).toContainEqual(expect.objectContaining({ session: old.sid }))
      expect(JSON.stringify(await ended())).not.toContain('@')
    }
  }
})

test('an account that is made again does not meet such sessions of the one before', async ({
  api,
  store,
}) => {
  const user = 'again-before@home.org'
  const passwords = { current: 'password', password: 'another long phrase 77' }
  const changed = async (): Promise<{ JWT: string; refresh: string }> => {
    const tokens = await api.signIn(await account(store, user))
    expect((await api.post('/api/auth/password', passwords, tokens.JWT)).status).toBe(204)
    return tokens
  }
  const old = await before(store, user, await changed())
  await changed()
  const refreshed = await api.post('/api/auth/refresh', { refresh: old.refresh })
  expect(refreshed).toBeProblem('invalid-refresh-token')
})

test('an old access token opens nothing: its client refreshes', async ({ api, store }) => {
  const { access } = await signedInBefore(api, store, 'opens-before@home.org')
  expect(await api.get('/api/profile', access)).toBeProblem('invalid-token')
})

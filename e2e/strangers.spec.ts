import { createHash } from 'node:crypto'
import { account } from '../test/support/accounts.ts'
import type { Answer, Api } from '../test/support/api.ts'
import { rateLimits } from '../test/support/environment.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { tokenOf } from '../test/support/outbox.ts'

/** What a stranger can and cannot do to somebody's account; the table is in `docs/decisions`. */
test.use({
  environment: {
    RATE_LIMITS: rateLimits({ user: 60, 'signin-account': 5, 'mail-account': 3 }),
    TRUSTED_PROXY: 'proxy:1',
  },
})
test.describe.configure({ mode: 'serial' })

const PASSWORD = 'a long enough one'
let client = 0
function nextClient(): Record<string, string> {
  return { 'X-Forwarded-For': `198.51.100.${++client}` }
}

function post(
  api: Api,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  return api.send(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

async function signedIn(
  api: Api,
  credentials: { user: string; password: string },
  from: Record<string, string>,
): Promise<string> {
  const answer = await post(api, '/api/auth/signin', credentials, from)
  expect(answer.status, answer.text).toBe(200)
  return answer.body.JWT
}

/** How much of the `user` quota an answer says is left. */
function left(answer: Answer): number {
  return Number(/"user";r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '')?.[1])
}

test('guesses and mails of a stranger leave the owner a way in, from wherever the owner is', async ({
  api,
  store,
  outbox,
}) => {
  const user = 'besieged-owner@home.org'
  await account(store, user)
  const stranger = nextClient()
  for (let index = 0; index < 5; index++) {
    await post(api, '/api/auth/signin', { user, password: 'guess' }, stranger)
  }
  const forgot = (from: Record<string, string>): Promise<Answer> =>
    post(api, '/api/auth/password/forgot', { user }, from)
  for (let index = 0; index < 3; index++) {
    expect((await forgot(stranger)).status).toBe(202)
    await outbox.next(user)
  }
  expect(await forgot(stranger)).toBeProblem('quota-exceeded')

  const home = nextClient()
  const locked = await post(api, '/api/auth/signin', { user, password: 'password' }, home)
  expect(locked.status).toBe(429)
  expect((await forgot(home)).status).toBe(202)
  const token = tokenOf(await outbox.next(user))
  const reset = await post(api, '/api/auth/password/reset', { token, password: PASSWORD }, home)
  expect(reset.status).toBe(204)
  await outbox.next(user)
  for (let index = 0; index < 6; index++) {
    await post(api, '/api/auth/signin', { user, password: 'guess' }, stranger)
  }
  await signedIn(api, { user, password: PASSWORD }, home)
})

test('mails from many networks stop without a word; a network that the owner uses is not held up', async ({
  api,
  store,
  outbox,
}) => {
  const user = 'flooded@home.org'
  const home = nextClient()
  await signedIn(api, await account(store, user), home)
  const forgot = (from: Record<string, string>, address = user): Promise<Answer> =>
    post(api, '/api/auth/password/forgot', { user: address }, from)
  const sentTo = (): number => outbox.mails.filter(({ to }) => to.includes(user)).length
  const texts = new Set<string>()
  for (let index = 0; index < 14; index++) {
    // A tag leads to the same inbox, and another network counts by itself.
    const answer = await forgot(nextClient(), index % 2 === 0 ? user : 'flooded+x@home.org')
    expect(answer.status).toBe(202)
    texts.add(answer.text)
  }
  expect(texts.size).toBe(1)
  // Ten were counted, and every other one was for the tag, which has no account.
  await expect.poll(sentTo).toBe(5)
  expect((await forgot(home)).status).toBe(202)
  await expect.poll(sentTo).toBe(6)
})

test('tags of one inbox share the quota of its mails', async ({ api }) => {
  const from = nextClient()
  const statuses: number[] = []
  for (let index = 0; index < 5; index++) {
    const body = { user: `inbox+${index}@home.org`, password: PASSWORD }
    statuses.push((await post(api, '/api/auth/register', body, from)).status)
  }
  expect(statuses).toEqual([202, 202, 202, 429, 429])
})

test('an admin, a new password and enabling clear failed sign-ins at once', async ({
  api,
  store,
}) => {
  const user = 'locked-out@home.org'
  const from = nextClient()
  const boss = store.users.find(({ level }) => level === 9)
  const JWT = await signedIn(
    api,
    { user: boss?.id ?? '', password: boss?.password ?? '' },
    nextClient(),
  )
  // Known from there: what the owner mistypes is counted there too.
  await signedIn(api, await account(store, user), from)
  const attempt = async (password: string): Promise<number> =>
    (await post(api, '/api/auth/signin', { user, password }, from)).status
  const lock = async (): Promise<void> => {
    for (let index = 0; index < 10; index++) await attempt('mistyped')
    expect(await attempt('password')).toBe(429)
  }
  await lock()
  const path = `/api/users/${encodeURIComponent(user)}`
  const headers = { Authorization: `Bearer ${JWT}`, 'Content-Type': 'application/json' }
  const unlocked = await api.send(`${path}/unlock`, { method: 'POST', headers })
  expect(unlocked.status, unlocked.text).toBe(204)
  expect(await attempt('mistyped')).toBe(401)
  expect(await attempt('password')).toBe(200)
  await lock()
  for (const disabled of [true, false]) {
    await api.send(path, { method: 'PATCH', headers, body: JSON.stringify({ disabled }) })
  }
  expect(await attempt('password')).toBe(200)
})

test('an account that is typed again is not opened by what opened the one before', async ({
  api,
  store,
}) => {
  const user = 'typed-twice@home.org'
  const typed = async (): Promise<void> => {
    const password = String(await store.call('HGET', 'user:me@home.org', 'password'))
    await store.call('DEL', `user:${user}`)
    await store.call('HSET', `user:${user}`, 'password', password, 'level', '0')
  }
  await typed()
  const from = nextClient()
  const { body } = await post(api, '/api/auth/signin', { user, password: 'password' }, from)
  const made = await api.post('/api/keys', { name: 'K', scopes: ['movies:read'] }, body.JWT)
  const opens = async (): Promise<number[]> => [
    (await api.send('/api/movies?limit=1', { headers: { 'X-API-Key': made.body.key } })).status,
    (await api.get('/api/profile', body.JWT)).status,
    (await api.post('/api/auth/refresh', { refresh: body.refresh })).status,
  ]
  expect((await opens()).slice(0, 2)).toEqual([200, 200])
  await typed()
  expect(await opens()).toEqual([401, 401, 401])
  const again = await signedIn(api, { user, password: 'password' }, from)
  expect(await opens()).toEqual([401, 401, 401])
  expect((await api.get('/api/keys', again)).body.data).toEqual([])
})

test('a token of an ended session soon counts as its address, not as its user', async ({
  api,
  store,
}) => {
  const credentials = await account(store, 'logged-out@home.org')
  const from = nextClient()
  const old = await signedIn(api, credentials, from)
  const logout = await post(api, '/api/auth/logout', {}, { Authorization: `Bearer ${old}` })
  expect(logout.status).toBe(204)
  for (let index = 0; index < 40; index++) {
    const answer = await api.send('/api/movies?limit=1', {
      headers: { ...from, Authorization: `Bearer ${old}` },
    })
    expect(answer.status).toBe(401)
  }
  const JWT = await signedIn(api, credentials, from)
  expect(left(await api.get('/api/movies?limit=1', JWT))).toBeGreaterThan(35)
})

test('what API keys use counts for their owner', async ({ api, store }) => {
  const JWT = await signedIn(api, await account(store, 'many-keyed@home.org'), nextClient())
  const keys: string[] = []
  for (let index = 0; index < 4; index++) {
    const made = await api.post('/api/keys', { name: 'K', scopes: ['movies:read'] }, JWT)
    expect(made.body.limit).toBe(60)
    keys.push(made.body.key)
  }
  const statuses: number[] = []
  for (let index = 0; index < 80; index++) {
    const headers = { 'X-API-Key': keys[index % 4] ?? '' }
    statuses.push((await api.send('/api/movies?limit=1', { headers })).status)
  }
  expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(60)
  expect(statuses.at(-1)).toBe(429)
})

test('an owner who is known by an address from before keeps the item, and the address is not shown', async ({
  api,
  store,
}) => {
  const user = 'author-before@home.org'
  const JWT = await signedIn(api, await account(store, user), nextClient())
  const fields = ['movie', 'Alien', 'rating', '4', 'text', 'x', 'owner', user]
  await store.call('HSET', 'review:before', ...fields, 'createdAt', '2026-01-01T00:00:00.000Z')
  const read = await api.get('/api/reviews/before')
  expect([read.status, read.text.includes('@')]).toEqual([200, false])
  const change = (token: string): Promise<Answer> =>
    api.send('/api/reviews/before', {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: '{"rating":5}',
    })
  expect((await change((await api.signIn()).JWT)).status).toBe(404)
  expect((await change(JWT)).body.rating).toBe(5)
})

test('a stranger confirms no address of an owner from before: not by filters, ranges or entity tags', async ({
  api,
  store,
}) => {
  const owner = 'guessed-before@home.org'
  const stored = { movie: 'Guessed', rating: '4', text: 'x', owner, createdAt: '2026-01-01' }
  await store.call('HSET', 'review:guessed', ...Object.entries(stored).flat())
  const found = async (query: string): Promise<unknown[]> =>
    (await api.get(`/api/reviews?movie=Guessed&${query}`)).body.data
  expect(await found(`owner=${encodeURIComponent(owner)}`)).toEqual([])
  expect(await found('owner[gte]=g&owner[lt]=u')).toEqual([])
  expect(await found('owner=u_0000000000000000')).toMatchObject([{ id: 'guessed' }])
  const { headers } = await api.get('/api/reviews/guessed')
  const guess = createHash('sha256').update(JSON.stringify(Object.values(stored)))
  const etag = headers.get('etag')
  expect(etag).toMatch(/^"[\w-]{22}"$/)
  expect(etag).not.toBe(`"${guess.digest('base64url').slice(0, 22)}"`)
})

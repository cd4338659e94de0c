import { test } from '@playwright/test'
import { type Answer, read } from '../../../test/support/api.ts'
import { BrowserSession } from '../../../test/support/browser-session.ts'
import type { InProcess } from '../../../test/support/in-process.ts'
import { startIssuer, type TestIssuer } from '../../../test/support/issuer.ts'
import { expect } from '../../../test/support/problem.ts'
import { startApi } from '../../../test/support/start-api.ts'
import { TRIALS } from '../../../test/support/trials.ts'

const ME = 'leaving@home.org'
const OTHER = 'staying@home.org'
/** For some seconds it is kept out after its end: the gate remembers. */
const KEPT_OUT = 'kept-out@home.org'

let issuer: TestIssuer
let api: InProcess

test.beforeAll(async () => {
  issuer = await startIssuer()
  api = await startApi({
    host: 'in-process',
    transport: 'direct',
    env: {
      ...issuer.variables('FIRM'),
      ...issuer.variables('GITHUB'),
      TRUSTED_PROXY: 'cloudflare',
    },
  })
})
test.afterAll(async () => {
  await api.stop()
  await issuer.stop()
})
test.beforeEach(async () => {
  issuer.reset()
  await api.settled()
  await api.command('FLUSHALL')
  await api.account('admin@home.org', 9)
})

async function logIn(user: string): Promise<BrowserSession> {
  const browser = new BrowserSession(api, { 'CF-Connecting-IP': '192.0.2.7' })
  const answer = await browser.change('/api/auth/login', 'POST', { user, password: 'password' })
  expect(answer.status).toBe(200)
  return browser
}

/** Everything in the store as texts: each key with its value. */
async function contents(): Promise<string[]> {
  const texts: string[] = []
  for (const key of ((await api.command('KEYS', '*')) as Buffer[]).map(String).sort()) {
    const type = String(await api.command('TYPE', key))
    const words: Record<string, string[]> = {
      string: ['GET', key],
      hash: ['HGETALL', key],
      set: ['SMEMBERS', key],
      zset: ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
      stream: ['XRANGE', key, '-', '+'],
    }
    texts.push(
      `${key} ${JSON.stringify(plain(await api.command(...(words[type] ?? ['TYPE', key]))))}`,
    )
  }
  return texts
}

function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return String(value)
  return Array.isArray(value) ? value.map(plain) : value
}

/** An account that has left its name in every place where one can. */
async function busyAccount(user: string): Promise<{ browser: BrowserSession; id: string }> {
  await api.account(user)
  // Sessions: one that was ended, one that another end has superseded, and two that live.
  const ended = await logIn(user)
  await ended.change('/api/auth/logout', 'POST')
  const superseded = await logIn(user)
  await superseded.change('/api/auth/sessions', 'DELETE')
  await logIn(user)
  const browser = await logIn(user)
  const { id } = (await browser.send('/api/profile')).body
  await browser.change('/api/profile', 'PATCH', { name: 'A name' })
  issuer.says.claims = { sub: user, email: user, email_verified: true }
  issuer.says.user = { id: user.length }
  for (const provider of ['firm', 'github'])
    await browser.comeBack(issuer.agree(await browser.begin(provider, '?link=1')))
  const made = await browser.change('/api/keys', 'POST', { name: 'x', scopes: ['movies:read'] })
  await browser.change(`/api/keys/${made.body.id}/roll`, 'POST')
  // Two links for a new password: the newer one voids the older.
  for (let link = 0; link < 2; link++) await api.send('forgotPassword', { body: { user } })
  const passkey = {
    ...{ name: 'x', credential: 'c', record: `of ${user}`, transports: 'internal' },
    ...{ signCount: 0, isBackedUp: true, createdAt: '1795701690000' },
  }
  await api.command('HSET', `passkeys:${id}`, 'a', JSON.stringify(passkey))
  await api.command('HSET', `passkey:of ${user}`, 'uid', id, 'user', user, 'id', 'a')
  // Blocks that are over, and not taken away yet.
  for (const who of [{ users: [user, id] }, { key: made.body.id }]) {
    const block = JSON.stringify(who)
    await api.command('HSET', 'blocks', block, `1\n1\n${block}\n{"reason":"x"}`)
  }
  await browser.change('/api/auth/passkeys/options', 'POST')
  const totp = await browser.change('/api/auth/totp', 'POST', { current: 'password' })
  expect(totp.status).toBe(200)
  const review = { movie: 'Alien', rating: 5, text: 'Good' }
  const headers = { 'Idempotency-Key': user, 'Content-Type': 'application/json' }
  await browser.send('/api/reviews', {
    ...{ method: 'POST', body: JSON.stringify(review) },
    headers: { ...headers, 'Sec-Fetch-Site': 'same-origin' },
  })
  await api.command('HSET', `review:old of ${user}`, 'movie', 'Alien', 'rating', '4')
  await api.command('HSET', `review:old of ${user}`, 'text', 'x', 'owner', user, 'createdAt', 'x')
  await api.settled()
  return { browser, id }
}

const names = (texts: string[], words: string[]): string[] =>
  texts.filter((text) => words.some((word) => text.includes(word)))

/**
 * Events keep the id, counts go with their windows, and for two days it is known that what an isolate tells late of
 * the account is not to be kept.
 */
const isKept = (text: string): boolean => /^(events|limit:|usage:gone)/.test(text)
/** What others used is told behind their answers. */
const isStill = (text: string): boolean => !isKept(text) && !text.startsWith('usage:')

test('nothing is left of an account that its owner deletes, in any key or value, and all of others', async () => {
  const { browser: theirs, id: otherId } = await busyAccount(OTHER)
  const before = names(await contents(), [OTHER, otherId]).filter(isStill)
  const { browser, id } = await busyAccount(ME)
  const kinds = names(await contents(), [ME, id])
    .filter((text) => !text.startsWith('usage:'))
    .map((text) => text.split(/[: ]/)[0])
  expect([...new Set(kinds)].sort()).toEqual([
    ...['accounts', 'blocks', 'challenge', 'devices', 'events', 'idempotency', 'identities'],
    ...['identity', 'index', 'key', 'keys', 'limit', 'once', 'passkey', 'passkeys', 'review'],
    ...['session', 'sessions', 'totp', 'uid', 'user'],
  ])

  const answer = await browser.change('/api/profile', 'DELETE')
  expect(answer.status).toBe(204)
  expect([...browser.cookies.keys()]).toEqual([])
  const left = names(await contents(), [ME, id])
  expect(left.filter((text) => !isKept(text))).toEqual([])
  expect(names(left, [ME])).toEqual([])
  expect(names(await contents(), [OTHER, otherId]).filter(isStill)).toEqual(before)
  expect((await theirs.send('/api/profile')).status).toBe(200)
  await api.settled()
  const trail = String(await api.command('XREVRANGE', 'events', '+', '-', 'COUNT', '1'))
  expect(trail).toContain(`account.deleted,user,${id}`)
})

test('an admin deletes an account as its owner does, also one that was kept out', async () => {
  const { id } = await busyAccount(KEPT_OUT)
  const admin = await logIn('admin@home.org')
  const block = await admin.change('/api/blocks', 'POST', { user: KEPT_OUT, reason: 'x' })
  expect(block.status).toBe(201)
  const own = `\n1\n{"address":"192.0.2.9/32"}\n{"reason":"y","by":"${id}"}`
  await api.command('HSET', 'blocks', 'own', own)
  expect((await admin.change(`/api/users/${id}`, 'DELETE')).status).toBe(204)
  await api.settled()
  const left = names(await contents(), [KEPT_OUT, id])
  expect(left.filter((text) => !isKept(text))).toEqual([])
  expect(names(left, [KEPT_OUT])).toEqual([])
  const about = { address: '192.0.2.9/32', reason: 'y', until: null }
  const shown = { id: 'own', ...about, createdAt: '1970-01-01T00:00:00.001Z' }
  expect((await admin.send('/api/blocks')).body.data).toEqual([shown])
})

test('deleting needs a fresh sign-in, or the password, and ends every way in', async () => {
  const { browser, id } = await busyAccount(ME)
  const { body: key } = await browser.change('/api/keys', 'POST', {
    ...{ name: 'y', scopes: ['movies:read'] },
  })
  for (const session of (await api.command('KEYS', 'session:*')) as Buffer[])
    await api.command('HSET', String(session), 'createdAt', '1')
  const remove = (body?: object): Promise<Answer> => browser.change('/api/profile', 'DELETE', body)
  expect(await remove()).toBeProblem('fresh-signin-required')
  expect(await remove({ current: 'x' })).toBeProblem('invalid-credentials')
  expect(await remove({ currrent: 'password' })).toBeProblem('validation-error')
  expect((await remove({ current: 'password' })).status).toBe(204)
  const byKey = await api.ask('/api/movies', { headers: { 'X-API-Key': key.key } })
  await expect(byKey).toBeProblem('invalid-token')
  const again = new BrowserSession(api)
  const back = await again.comeBack(issuer.agree(await again.begin('firm')))
  expect(back.status).toBe(303)
  expect((await again.send('/api/profile')).body.id).not.toBe(id)
})

test('the last admin stays, and one who signs in by a provider alone counts as one', async () => {
  const admin = await logIn('admin@home.org')
  expect(await admin.change('/api/profile', 'DELETE')).toBeProblem('conflict')
  await api.account(ME, 9)
  await api.command('HDEL', `user:${ME}`, 'password')
  expect(await admin.change('/api/profile', 'DELETE')).toBeProblem('conflict')
  issuer.says.claims = { sub: 'a', email: ME, email_verified: true }
  const deputy = new BrowserSession(api)
  await deputy.comeBack(issuer.agree(await deputy.begin('firm')))
  expect((await admin.change('/api/profile', 'DELETE')).status).toBe(204)
})

test('everything that is kept of an account is told to its owner, and to admins alike', async () => {
  const { browser, id } = await busyAccount(ME)
  const own = await browser.send('/api/profile/export')
  expect(own.body).toMatchObject({
    account: { id, user: ME, name: 'A name' },
    keys: [{ name: 'x' }],
    identities: [
      { provider: 'firm', address: ME },
      { provider: 'github', address: 'me@home.org' },
    ],
    totp: null,
    items: { reviews: [{ owner: id, rating: 5 }] },
  })
  expect(own.body.sessions).toHaveLength(2)
  expect(own.text).not.toMatch(/\$2b\$|password|"hash"/)
  const admin = await logIn('admin@home.org')
  const theirs = await admin.send(`/api/users/${id}/export`)
  // The first export is an event of use itself.
  expect({ ...theirs.body, usage: [] }).toEqual({ ...own.body, usage: [] })
})

test('an export has networks, use by day, and the events about the account without other names', async () => {
  const { browser, id } = await busyAccount(ME)
  const admin = await logIn('admin@home.org')
  expect((await admin.change(`/api/users/${id}`, 'PATCH', { plan: 'pro' })).status).toBe(200)
  const made = await browser.change('/api/keys', 'POST', { name: 'y', scopes: ['movies:read'] })
  const headers = { 'X-API-Key': made.body.key, 'CF-Connecting-IP': '192.0.2.7' }
  for (let call = 0; call < 3; call++)
    await api.send('listItems', { params: { collection: 'movies' } }, headers)
  await api.settled()
  const exported = (await browser.send('/api/profile/export')).body
  expect(exported.networks).toEqual([{ signedInAt: expect.stringMatching(/^2\d{3}-/) }])
  const { usage, events } = exported
  const day = usage[0].time
  expect(day).toMatch(/^\d{4}-\d\d-\d\d$/)
  expect(usage[0]).toEqual({ time: day, requests: expect.any(Number), denied: 0, errors: 0 })
  expect(usage).toContainEqual({ time: day, requests: 3, denied: 0, errors: 0, key: made.body.id })
  const list = { time: day, requests: 3, denied: 0, errors: 0, operation: 'GET /api/movies' }
  expect(usage).toContainEqual(list)
  const types = events.map((event: { type: string }) => event.type)
  for (const type of ['signin.succeeded', 'identity.linked', 'key.created', 'plan.changed']) {
    expect(types).toContain(type)
  }
  expect(events.every((event: { user: string }) => event.user === id || event.user === ME)).toBe(
    true,
  )
  expect(JSON.stringify(exported)).not.toContain((await admin.send('/api/profile')).body.id)
  // A trail longer than one step looks at.
  const entry =
    "redis.call('XADD', 'events', '*', 'type', 'throttled', 'user', 'x', 'policy', 'auth')"
  await api.command('EVAL', `for i = 1, 10100 do ${entry} end`, '0')
  const later = (await browser.send('/api/profile/export')).body
  expect(later.events).toEqual(events)
})

test(`deleting against signing in: an account is whole or gone, ${TRIALS} times`, async () => {
  for (let trial = 0; trial < TRIALS; trial++) {
    await api.command('FLUSHALL')
    issuer.says.claims = { sub: 'a', email: ME, email_verified: true }
    await api.account('admin@home.org', 9)
    const first = new BrowserSession(api)
    await first.comeBack(issuer.agree(await first.begin('firm')))
    const { id } = (await first.send('/api/profile')).body
    const second = new BrowserSession(api)
    const back = issuer.agree(await second.begin('firm'))
    const calls = [() => first.change('/api/profile', 'DELETE'), () => second.comeBack(back)]
    const order = trial % 2 === 0 ? calls : calls.toReversed()
    const answers = await Promise.all(order.map((call) => call()))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 303])
    // Whoever came in after the end has a new account; whoever came before it is out.
    const profile = await second.send('/api/profile')
    if (profile.status === 200) expect(profile.body.id).not.toBe(id)
    else expect(profile).toBeProblem('invalid-token')
    await api.settled()
    expect(names(await contents(), [id]).filter((text) => !isKept(text))).toEqual([])
  }
})

test('a store that fails during the search has deleted the account all the same', async () => {
  const { browser } = await busyAccount(ME)
  // The cookies of a session that lives on are worth nothing: the account is gone.
  const kept = new Map(browser.cookies)
  expect((await browser.change('/api/profile', 'DELETE')).status).toBe(204)
  for (const [name, value] of kept) browser.cookies.set(name, value)
  expect(await browser.send('/api/profile')).toBeProblem('invalid-token')
  expect(await browser.change('/api/profile', 'DELETE')).toBeProblem('invalid-token')
  await expect(await read(await api.ask('/api/profile'))).toBeProblem('authentication-required')
})

import { test } from '@playwright/test'
import type { Answer } from '../../../test/support/api.ts'
import { BrowserSession } from '../../../test/support/browser-session.ts'
import { ORIGIN } from '../../../test/support/environment.ts'
import type { InProcess } from '../../../test/support/in-process.ts'
import { startIssuer, type TestIssuer } from '../../../test/support/issuer.ts'
import { expect } from '../../../test/support/problem.ts'
import { startApi } from '../../../test/support/start-api.ts'
import { TRIALS } from '../../../test/support/trials.ts'

const ME = 'me@home.org'
const ACCESS = '__Host-usher-access'

let issuer: TestIssuer
let api: InProcess

test.beforeAll(async () => {
  issuer = await startIssuer()
  api = await startApi({
    host: 'in-process',
    env: { ...issuer.variables('FIRM'), ...issuer.variables('GITHUB') },
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
})

async function logIn(user: string): Promise<BrowserSession> {
  await api.account(user)
  const browser = new BrowserSession(api)
  const body = { user, password: 'password' }
  expect((await browser.change('/api/auth/login', 'POST', body)).status).toBe(200)
  return browser
}

async function link(browser: BrowserSession, provider = 'firm'): Promise<Answer> {
  return browser.comeBack(issuer.agree(await browser.begin(provider, '?link=1&returnTo=/x')))
}

async function identities(browser: BrowserSession): Promise<{ id: string; provider: string }[]> {
  return (await browser.send('/api/auth/identities')).body.data
}

const unlink = (browser: BrowserSession, id = ''): Promise<Answer> =>
  browser.change(`/api/auth/identities/${id}`, 'DELETE')

test('an identity is joined to the account that asked, whatever its address, in the same session', async () => {
  const browser = await logIn(ME)
  issuer.says.claims = { sub: 'a', email: 'else@work.example', email_verified: false }
  const before = browser.cookies.get(ACCESS)
  const answer = await link(browser)
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/x'])
  expect(browser.cookies.get(ACCESS)).toBe(before)
  expect(await identities(browser)).toMatchObject([
    { provider: 'firm', address: 'else@work.example' },
  ])
  // Once more changes nothing, and it opens the account from now on.
  expect((await link(browser)).status).toBe(303)
  expect(await identities(browser)).toHaveLength(1)
  const other = new BrowserSession(api)
  await other.comeBack(issuer.agree(await other.begin('firm')))
  expect((await other.send('/api/profile')).body.user).toBe(ME)
})

test('only a page of this origin, with the cookies of a live session, asks for it', async () => {
  const browser = await logIn(ME)
  const ask = (site: Record<string, string>, who = browser) =>
    who.send('/api/auth/oauth/firm?link=1', { headers: site })
  for (const site of ['cross-site', 'same-site', 'none']) {
    expect(await ask({ 'Sec-Fetch-Site': site }), site).toBeProblem('csrf-failed')
  }
  expect(await ask({})).toBeProblem('csrf-failed')
  expect(await ask({ Origin: ORIGIN })).toBeProblem('csrf-failed')
  const own = { 'Sec-Fetch-Site': 'same-origin' }
  const nobody = new BrowserSession(api)
  expect(await ask(own, nobody)).toBeProblem('authentication-required')
  const bearer = { Authorization: `Bearer ${browser.cookies.get(ACCESS)}` }
  expect(await ask({ ...own, ...bearer }, nobody)).toBeProblem('authentication-required')
  expect((await ask(own)).status).toBe(303)
  // The access cookie is over: the refresh cookie is renewed on the way.
  browser.cookies.delete(ACCESS)
  expect((await ask(own)).status).toBe(303)
  expect(browser.cookies.has(ACCESS)).toBe(true)
  const access = browser.cookies.get(ACCESS) ?? ''
  await browser.change('/api/auth/logout', 'POST')
  browser.cookies.set(ACCESS, access)
  expect(await ask(own)).toBeProblem('invalid-token')
  expect(await browser.send('/api/auth/oauth/firm?link=yes')).toBeProblem('validation-error')
})

test('the callback comes with the session that asked, and that session lives', async () => {
  const refused = { detail: expect.stringContaining('session') }
  const browser = await logIn(ME)
  const back = issuer.agree(await browser.begin('firm', '?link=1'))
  const flow = browser.cookies.get('__Host-usher-oauth') ?? ''
  // Another session, of another account or of the same one, or none.
  const rivals = [await logIn('rival@home.org'), new BrowserSession(api), new BrowserSession(api)]
  const [, same] = rivals
  await same?.change('/api/auth/login', 'POST', { user: ME, password: 'password' })
  for (const rival of rivals) {
    rival.cookies.set('__Host-usher-oauth', flow)
    expect(await rival.comeBack(back)).toBeProblem('oauth-failed', refused)
  }
  // It has ended meanwhile.
  await api.command('HSET', `user:${ME}`, 'gen', '5')
  expect(await browser.comeBack(back)).toBeProblem('oauth-failed', refused)
  await api.settled()
  expect(await api.command('KEYS', 'identit*')).toEqual([])
})

test('an identity belongs to one account', async () => {
  const mine = await logIn(ME)
  await link(mine)
  const theirs = await logIn('rival@home.org')
  expect(await link(theirs)).toBeProblem('conflict')
  expect(await identities(theirs)).toEqual([])
  // An identity of another is nothing to see, and nothing to take.
  const [{ id } = { id: '' }] = await identities(mine)
  expect(await unlink(theirs, id)).toBeProblem('not-found')
  expect(await unlink(theirs, 'x')).toBeProblem('not-found')
  expect(await identities(mine)).toHaveLength(1)
  // The account is gone, and with it its claim.
  await api.command('DEL', `user:${ME}`)
  expect((await link(theirs)).status).toBe(303)
})

test('an identity is taken away, and is nobody’s; the last way in stays', async () => {
  const browser = await logIn(ME)
  await link(browser)
  await link(browser, 'github')
  const [first, second] = await identities(browser)
  expect((await unlink(browser, first?.id)).status).toBe(204)
  expect((await api.command('KEYS', 'identity:*')) as unknown[]).toHaveLength(1)
  expect(await unlink(browser, first?.id)).toBeProblem('not-found')
  // Neither a password, which is there and is not, nor a passkey.
  await api.command('HSET', `user:${ME}`, 'password', '')
  expect(await unlink(browser, second?.id)).toBeProblem('conflict')
  const { id } = (await browser.send('/api/profile')).body
  await api.command('HSET', `passkeys:${id}`, 'a', '{}')
  expect((await unlink(browser, second?.id)).status).toBe(204)
  await api.settled()
  const events = String(await api.command('XRANGE', 'events', '-', '+'))
  expect(events.match(/identity\.unlinked/g)).toHaveLength(2)
})

test('taking one away needs a fresh sign-in, or the password', async () => {
  const browser = await logIn(ME)
  await link(browser)
  const [{ id } = { id: '' }] = await identities(browser)
  for (const key of (await api.command('KEYS', 'session:*')) as Buffer[]) {
    await api.command('HSET', String(key), 'createdAt', '1')
  }
  expect(await unlink(browser, id)).toBeProblem('fresh-signin-required')
  const path = `/api/auth/identities/${id}`
  expect(await browser.change(path, 'DELETE', { current: 'x' })).toBeProblem('invalid-credentials')
  expect((await browser.change(path, 'DELETE', { current: 'password' })).status).toBe(204)
})

test(`of the last two, taken away at once, one stays, ${TRIALS} times`, async () => {
  const browser = await logIn(ME)
  await api.command('HDEL', `user:${ME}`, 'password')
  for (let trial = 0; trial < TRIALS; trial++) {
    for (const provider of ['firm', 'github']) await link(browser, provider)
    const both = await identities(browser)
    expect(both).toHaveLength(2)
    const answers = await Promise.all(both.map(({ id }) => unlink(browser, id)))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
    expect(await identities(browser)).toHaveLength(1)
  }
})

test(`link against unlink: the two records agree whatever comes first, ${TRIALS} times`, async () => {
  const browser = await logIn(ME)
  const { id: account } = (await browser.send('/api/profile')).body
  await link(browser)
  for (let trial = 0; trial < TRIALS; trial++) {
    const [own] = await identities(browser)
    const back = issuer.agree(await browser.begin('firm', '?link=1'))
    const calls = [() => browser.comeBack(back), () => unlink(browser, own?.id)]
    const order = trial % 2 === 0 ? calls : calls.toReversed()
    await Promise.all(order.map((call) => call()))
    const listed = await identities(browser)
    const reverse = ((await api.command('KEYS', 'identity:*')) as Buffer[]).map(String)
    expect(reverse).toHaveLength(listed.length)
    for (const key of reverse) {
      const [uid, identity] = (await api.command('HMGET', key, 'uid', 'id')) as Buffer[]
      expect([String(uid), String(identity)]).toEqual([account, listed[0]?.id])
    }
    if (listed.length === 0) await link(browser)
  }
})

test(`two accounts ask for one identity at once: one gets it, ${TRIALS} times`, async () => {
  const browsers = [await logIn(ME), await logIn('rival@home.org')]
  for (let trial = 0; trial < TRIALS; trial++) {
    issuer.says.claims = { sub: `trial-${trial}` }
    const backs = await Promise.all(
      browsers.map(async (browser) => issuer.agree(await browser.begin('firm', '?link=1'))),
    )
    const answers = await Promise.all(
      browsers.map((browser, at) => browser.comeBack(backs[at] ?? new URL('x:'))),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409])
    const held = await Promise.all(browsers.map(identities))
    expect(held.flat()).toHaveLength(1)
    for (const [at, browser] of browsers.entries())
      for (const { id } of held[at] ?? []) await unlink(browser, id)
  }
})

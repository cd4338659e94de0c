import { test } from '@playwright/test'
import type { Answer } from '../../../test/support/api.ts'
import { BrowserSession } from '../../../test/support/browser-session.ts'
import type { InProcess } from '../../../test/support/in-process.ts'
import { startIssuer, type TestIssuer } from '../../../test/support/issuer.ts'
import { expect } from '../../../test/support/problem.ts'
import { startApi } from '../../../test/support/start-api.ts'

const ME = 'me@home.org'

let issuer: TestIssuer
let other: TestIssuer
let api: InProcess

test.beforeAll(async () => {
  issuer = await startIssuer()
  other = await startIssuer()
  api = await startApi({
    host: 'in-process',
    env: { ...issuer.variables('FIRM'), ...other.variables('OTHER') },
  })
})
test.afterAll(async () => {
  await api.stop()
  await Promise.all([issuer.stop(), other.stop()])
})
test.beforeEach(async () => {
  issuer.reset()
  other.reset()
  await api.settled()
  await api.command('FLUSHALL')
})

const text = async (...command: string[]): Promise<string> =>
  String((await api.command(...command)) ?? '')

async function come(
  app: InProcess = api,
  provider: 'firm' | 'other' = 'firm',
): Promise<[Answer, BrowserSession]> {
  const browser = new BrowserSession(app)
  const at = provider === 'firm' ? issuer : other
  return [await browser.comeBack(at.agree(await browser.begin(provider))), browser]
}

/** Signs in by password, in a browser. */
async function logIn(user: string, password = 'password'): Promise<[Answer, BrowserSession]> {
  const browser = new BrowserSession(api)
  return [await browser.change('/api/auth/login', 'POST', { user, password }), browser]
}

test('an account of the same address, confirmed, is joined: with its password, level and id', async () => {
  await api.account(ME, 5)
  const [, mine] = await logIn(ME)
  const { id } = (await mine.send('/api/profile')).body
  const [answer, browser] = await come()
  expect(answer.status).toBe(303)
  expect((await browser.send('/api/profile')).body).toMatchObject({ id, level: 5 })
  expect((await logIn(ME))[0].status).toBe(200)
  expect((await mine.send('/api/profile')).status).toBe(200)
})

test('one that was typed by hand, and never signed in, is joined under the id that it gets', async () => {
  await api.account(ME, 9)
  const [, browser] = await come()
  const { id, level } = (await browser.send('/api/profile')).body
  expect(level).toBe(9)
  expect(await text('HGET', `user:${ME}`, 'id')).toBe(id)
  expect((await browser.send('/api/auth/identities')).body.data).toHaveLength(1)
})

test('where identities do not join by themselves, an account keeps its address', async () => {
  const strict = await startApi({
    host: 'in-process',
    engine: 'redis',
    env: { ...issuer.variables('FIRM'), OAUTH_LINKING: 'never' },
  })
  await strict.account(ME)
  const [answer, browser] = await come(strict)
  expect(answer).toBeProblem('conflict', { detail: expect.stringContaining('Firm') })
  expect([...browser.cookies.keys()]).toEqual([])
  expect(await strict.command('KEYS', 'identit*')).toEqual([])
  // Whoever has none gets one.
  await strict.command('DEL', `user:${ME}`)
  expect((await come(strict))[0].status).toBe(303)
  await strict.stop()
})

/** Keys of what an account used. */
async function usageOf(id: string): Promise<string[]> {
  return ((await api.command('KEYS', `usage:${id}:*`)) as Buffer[]).map(String)
}

test('an account that was never confirmed may be somebody else’s: all of it goes first', async () => {
  // Whoever registered the address before its owner did: with a session, an API key and a link.
  await api.account(ME)
  const [, attacker] = await logIn(ME)
  const made = await attacker.change('/api/keys', 'POST', { name: 'x', scopes: ['movies:read'] })
  await attacker.change('/api/profile', 'PATCH', { name: 'Mallory' })
  await api.send('forgotPassword', { body: { user: ME } })
  await api.settled()
  const { id } = (await attacker.send('/api/profile')).body
  await api.command('HSET', `identities:${id}`, 'x', '{"createdAt":1,"provider":"y","hash":"z"}')
  await api.command('HSET', 'identity:y:z', 'uid', id, 'user', ME, 'id', 'x')
  await api.command('HSET', `passkeys:${id}`, 'x', '{}')
  await api.command('HSET', `user:${ME}`, 'emailVerified', '0')
  await api.send('register', { body: { user: ME, password: 'a long enough one' } })
  expect((await api.command('KEYS', 'registration:*')) as unknown[]).toHaveLength(1)

  const [answer, browser] = await come()
  expect(answer.status).toBe(303)
  const profile = (await browser.send('/api/profile')).body
  expect(profile).toMatchObject({ user: ME, emailVerified: true, level: 0 })
  expect(profile).not.toHaveProperty('name')
  expect(profile.id).not.toBe(id)
  for (const password of ['password', 'a long enough one']) {
    expect((await logIn(ME, password))[0]).toBeProblem('invalid-credentials')
  }
  expect(await attacker.send('/api/profile')).toBeProblem('invalid-token')
  const byKey = { headers: { 'X-API-Key': made.body.key } }
  await expect(await api.ask('/api/movies', byKey)).toBeProblem('invalid-token')
  await api.settled()
  // What it used is told, and then forgotten.
  await expect.poll(() => usageOf(id), { timeout: 20_000 }).toEqual([])
  const left = ((await api.command('KEYS', '*')) as Buffer[]).map(String)
  const kinds = new Set(left.map((key) => key.split(':')[0]))
  for (const kind of ['registration', 'registrations', 'passkeys', 'once', 'key', 'keys', 'totp'])
    expect([...kinds]).not.toContain(kind)
  expect(left).not.toContain('identity:y:z')
  expect(left.filter((key) => key.startsWith('session:'))).toHaveLength(1)
  expect(left.filter((key) => key.includes(id) && !key.startsWith('limit:'))).toEqual([])
  expect((await browser.send('/api/auth/identities')).body.data).toHaveLength(1)
})

test('what an admin gave to an address, level and plan, stays with it', async () => {
  await api.account(ME, 5)
  await api.command('HSET', `user:${ME}`, 'emailVerified', '0', 'plan', 'pro')
  const [, browser] = await come()
  const { body } = await browser.send('/api/profile')
  expect(body).toMatchObject({ level: 5, plan: 'pro' })
})

test('a disabled account stays out, whichever way its identity leads to it', async () => {
  await api.account(ME)
  await api.command('HSET', `user:${ME}`, 'disabled', '1')
  for (const emailVerified of ['1', '0']) {
    await api.command('HSET', `user:${ME}`, 'emailVerified', emailVerified)
    const [answer, browser] = await come()
    expect(answer).toBeProblem('oauth-failed', { detail: expect.stringContaining('may not enter') })
    expect([...browser.cookies.keys()]).toEqual([])
  }
  expect(await api.command('KEYS', 'identit*')).toEqual([])
  await api.command('HDEL', `user:${ME}`, 'disabled')
  await api.command('HSET', `user:${ME}`, 'emailVerified', '1')
  await come()
  await api.command('HSET', `user:${ME}`, 'disabled', '1')
  expect((await come())[0]).toBeProblem('oauth-failed')
})

test('an identity whose account is gone is nobody’s, and begins anew', async () => {
  const [, first] = await come()
  const { id } = (await first.send('/api/profile')).body
  await api.command('DEL', `user:${ME}`)
  issuer.says.claims = { sub: 'person-1', email: 'new@home.org', email_verified: true }
  const [answer, browser] = await come()
  expect(answer.status).toBe(303)
  const profile = (await browser.send('/api/profile')).body
  expect(profile.user).toBe('new@home.org')
  expect(profile.id).not.toBe(id)
})

test('whoever is known comes in also when the provider tells no address any more', async () => {
  await come()
  issuer.says.claims = { sub: 'person-1' }
  expect((await come())[0].status).toBe(303)
  expect(issuer.asked['userinfo']).toBeGreaterThan(0)
})

test('the subject is compared with its issuer: the same name at another provider is somebody else', async () => {
  const [, mine] = await come()
  other.says.claims = { sub: 'person-1', email: 'evil@home.org', email_verified: true }
  const [, theirs] = await come(api, 'other')
  expect((await theirs.send('/api/profile')).body.user).toBe('evil@home.org')
  expect((await mine.send('/api/profile')).body.user).toBe(ME)
})

test('what happened is among the events, under the id of the account', async () => {
  const [, browser] = await come()
  const { id } = (await browser.send('/api/profile')).body
  await api.settled()
  const entries = (await api.command('XRANGE', 'events', '-', '+')) as [Buffer, Buffer[]][]
  const events = entries.map(([, words]) => {
    const flat = words.map(String)
    return Object.fromEntries(flat.flatMap((word, at) => (at % 2 ? [] : [[word, flat[at + 1]]])))
  })
  expect(events.map(({ type }) => type).sort()).toEqual([
    'account.registered',
    'identity.linked',
    'signin.provider',
  ])
  for (const event of events) expect(event).toMatchObject({ user: id, provider: 'firm' })
  expect(JSON.stringify(events)).not.toContain(ME)
})

test('two first sign-ins at once make one account and one identity, and both come in', async () => {
  for (let trial = 0; trial < 10; trial++) {
    await api.command('FLUSHALL')
    const browsers = [0, 1, 2].map(() => new BrowserSession(api))
    const backs = await Promise.all(
      browsers.map(async (browser) => issuer.agree(await browser.begin('firm'))),
    )
    const answers = await Promise.all(
      browsers.map((browser, at) => browser.comeBack(backs[at] as URL)),
    )
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303])
    const ids = await Promise.all(
      browsers.map(async (browser) => (await browser.send('/api/profile')).body.id),
    )
    expect(new Set(ids).size).toBe(1)
    expect((await api.command('KEYS', 'identity:*')) as unknown[]).toHaveLength(1)
    expect(await api.command('HLEN', `identities:${ids[0]}`)).toBe(1)
    expect((await api.command('KEYS', 'uid:*')) as unknown[]).toHaveLength(1)
  }
})

test('a first sign-in that is overtaken by another joins the account that this one made', async () => {
  let between: (() => Promise<[Answer, BrowserSession]>) | undefined
  let first: [Answer, BrowserSession] | undefined
  const slow = await startApi({
    host: 'in-process',
    store: api.store,
    env: issuer.variables('FIRM'),
    deps: {
      // It is asked for when it is read whose the identity is, and not yet written.
      accountKey: async (account) => {
        const overtake = between
        between = undefined
        first = (await overtake?.()) ?? first
        return account
      },
    },
  })
  between = () => come(api, 'other')
  const [answer, browser] = await come(slow)
  expect([first?.[0].status, answer.status]).toEqual([303, 303])
  const { id } = (await browser.send('/api/profile')).body
  expect((await first?.[1].send('/api/profile'))?.body.id).toBe(id)
  const { data } = (await browser.send('/api/auth/identities')).body
  expect(data.map(({ provider }: { provider: string }) => provider)).toEqual(['other', 'firm'])
  await slow.stop()
})

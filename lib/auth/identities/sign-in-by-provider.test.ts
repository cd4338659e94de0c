import { test } from '@playwright/test'
import { BrowserSession } from '../../../test/support/browser-session.ts'
import { type InProcess, ORIGIN } from '../../../test/support/in-process.ts'
import { startIssuer, type TestIssuer } from '../../../test/support/issuer.ts'
import { expect } from '../../../test/support/problem.ts'
import { startApi } from '../../../test/support/start-api.ts'

let issuer: TestIssuer
let api: InProcess

test.beforeAll(async () => {
  issuer = await startIssuer()
  api = await startApi({
    host: 'in-process',
    env: {
      ...issuer.variables('FIRM'),
      ...issuer.variables('GITHUB'),
      OAUTH_GOOGLE_CLIENT_ID: 'a',
      OAUTH_GOOGLE_CLIENT_SECRET: 'b',
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
})

const keys = async (pattern: string): Promise<string[]> =>
  ((await api.command('KEYS', pattern)) as Buffer[]).map(String)

test('the ways in are told: providers by id, and passkeys where the origin has a name', async () => {
  const answer = await new BrowserSession(api).send('/api/auth/providers')
  expect(answer.body).toEqual({
    data: [
      { id: 'firm', name: 'Firm' },
      { id: 'github', name: 'GitHub' },
      { id: 'google', name: 'Google' },
    ],
    password: true,
    passkeys: true,
  })
})

test('the browser is sent to the provider with all that the answer is bound to, and no trip', async () => {
  const browser = new BrowserSession(api)
  await browser.begin('firm')
  const answer = await browser.send('/api/auth/oauth/firm?returnTo=/a%3Fb')
  expect(answer.status).toBe(303)
  expect(answer.headers.get('server-timing')).toContain('0 trips, 0 commands')
  const location = new URL(answer.headers.get('location') ?? '')
  expect(`${location.origin}${location.pathname}`).toBe(`${issuer.url}/authorize`)
  const letters = expect.stringMatching(/^[\w-]{43}$/)
  expect(Object.fromEntries(location.searchParams)).toEqual({
    client_id: 'the-client',
    redirect_uri: `${ORIGIN}/api/auth/oauth/firm/callback`,
    response_type: 'code',
    scope: 'openid email profile',
    state: letters,
    nonce: letters,
    code_challenge: letters,
    code_challenge_method: 'S256',
  })
  const [cookie = ''] = answer.headers.getSetCookie()
  expect(cookie).toMatch(
    /^__Host-usher-oauth=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  )
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const github = new URL(await browser.begin('github'))
  expect(`${github.origin}${github.pathname}`).toBe(`${issuer.url}/login/oauth/authorize`)
  expect(github.searchParams.get('scope')).toBe('read:user user:email')
  expect(github.searchParams.has('nonce')).toBe(false)
})

for (const provider of ['firm', 'github']) {
  test(`${provider}: an account is made, verified and without a password, and found again`, async () => {
    const browser = new BrowserSession(api)
    const back = issuer.agree(await browser.begin(provider, '?returnTo=/account/keys%3Fa=b'))
    const answer = await browser.comeBack(back)
    expect(answer.text).toBe('')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account/keys?a=b'])
    expect([...browser.cookies.keys()]).toEqual(['__Host-usher-access', '__Host-usher-refresh'])
    const profile = await browser.send('/api/profile')
    expect(profile.body).toMatchObject({ user: 'me@home.org', level: 0, emailVerified: true })
    expect(await api.command('HEXISTS', 'user:me@home.org', 'password')).toBe(0)
    const { body } = await browser.send('/api/auth/identities')
    expect(body).toEqual({
      data: [
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          provider,
          address: 'me@home.org',
          createdAt: expect.stringMatching(/Z$/),
        },
      ],
      nextCursor: null,
    })
    const sessions = await browser.send('/api/auth/sessions')
    expect(sessions.body.data).toMatchObject([{ current: true }])

    // The address is another one by now: the subject is the same.
    issuer.says.claims = { sub: 'person-1', email: 'renamed@home.org', email_verified: true }
    issuer.says.emails = [{ email: 'renamed@home.org', primary: true, verified: true }]
    const again = new BrowserSession(api)
    const second = await again.comeBack(issuer.agree(await again.begin(provider)))
    expect([second.status, second.headers.get('location')]).toEqual([303, '/account'])
    expect(second.headers.get('server-timing')).toMatch(/"[123] trips, [1-5] commands"/)
    expect((await again.send('/api/profile')).body.id).toBe(profile.body.id)
    expect(await keys('user:*')).toEqual(['user:me@home.org'])
  })
}

import { test } from '@playwright/test'
import type { Answer } from '../../../test/support/api.ts'
import { BrowserSession } from '../../../test/support/browser-session.ts'
import { type InProcess, ORIGIN } from '../../../test/support/in-process.ts'
import { startIssuer, type TestIssuer } from '../../../test/support/issuer.ts'
import { expect } from '../../../test/support/problem.ts'
import { startApi } from '../../../test/support/start-api.ts'
import { allCollections } from '../../items/registry.ts'

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

    const [{ name: collection } = { name: '' }] = allCollections()
    const key = await browser.change('/api/keys', 'POST', {
      name: 'Its own',
      scopes: [`${collection}:list`],
    })
    expect(key.status).toBe(201)
    const listed = await api.ask(`/api/${collection}`, { headers: { 'X-API-Key': key.body.key } })
    expect(listed.status).toBe(200)

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

test('a path of this origin is where it ends; anything else is refused before it begins', async () => {
  const browser = new BrowserSession(api)
  const ends: [string, string][] = [
    ['/', '/'],
    ['/account/keys?a=b#c', '/account/keys?a=b#c'],
    ['/search?q=https://example.com//x', '/search?q=https://example.com//x'],
    ['/a/../b', '/b'],
    ['/über', '/%C3%BCber'],
    ['/a:b@c', '/a:b@c'],
  ]
  for (const [returnTo, end] of ends) {
    const location = await browser.begin('firm', `?returnTo=${encodeURIComponent(returnTo)}`)
    const answer = await browser.comeBack(issuer.agree(location))
    expect(answer.headers.get('location'), returnTo).toBe(end)
  }
  for (const returnTo of [
    ...['', 'account', 'https://evil.example', 'javascript:alert(1)', '//evil.example', '///evil'],
    ...[
      '/\\evil.example',
      '\\evil',
      '/a\\b',
      '/\t/evil.example',
      '/\n/evil',
      '\t//evil',
      ' //evil',
    ],
    ...['/.//evil.example', '/a/..//evil.example', '/a//b', '/%0a\u0000', `/${'x'.repeat(1_024)}`],
    ...['/ /evil', '/\u2028/evil', '?x', '#x', '.', '..//evil'],
  ]) {
    const answer = await browser.send(
      `/api/auth/oauth/firm?returnTo=${encodeURIComponent(returnTo)}`,
    )
    expect(answer, JSON.stringify(returnTo)).toBeProblem('validation-error', {
      errors: [{ pointer: '#/returnTo', message: expect.any(String) }],
    })
  }
  const twice = await browser.send('/api/auth/oauth/firm?returnTo=/a&returnTo=/b')
  expect(twice).toBeProblem('validation-error')
  expect(await browser.send('/api/auth/oauth/firm?unknown=1')).toBeProblem('validation-error')
})

test('a provider that is not set up is nowhere; a person sees every failure as a page', async () => {
  const browser = new BrowserSession(api)
  for (const path of ['acme', 'FIRM', 'constructor', '__proto__', 'acme/callback']) {
    expect(await browser.send(`/api/auth/oauth/${path}`), path).toBeProblem('not-found')
  }
  const accept = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
  const cases: [number, string, () => Promise<Answer>][] = [
    [404, 'There is nothing here', () => browser.send('/api/auth/oauth/acme', { headers: accept })],
    [
      422,
      'returnTo',
      () => browser.send('/api/auth/oauth/firm?returnTo=//evil', { headers: accept }),
    ],
    [
      400,
      'The state belongs to no sign-in',
      () => browser.send('/api/auth/oauth/firm/callback?code=a&state=b', { headers: accept }),
    ],
    [
      400,
      'was told not to let you in here',
      async () => {
        const back = issuer.agree(await browser.begin('firm'))
        back.searchParams.set('error', 'access_denied')
        return browser.comeBack(back, accept)
      },
    ],
    [
      503,
      'Firm does not answer now',
      async () => {
        const back = issuer.agree(await browser.begin('firm'))
        issuer.says.faults = { token: 'trouble' }
        return browser.comeBack(back, accept)
      },
    ],
  ]
  for (const [status, words, ask] of cases) {
    const answer = await ask()
    expect([answer.status, answer.type]).toEqual([status, 'text/html; charset=utf-8'])
    expect(answer.text).toContain(words)
    expect(answer.headers.get('vary')).toMatch(/\bAccept\b/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.headers.get('x-request-id')).toMatch(/./)
    expect(answer.headers.has('retry-after')).toBe(status === 503)
    expect(browser.cookies.has('__Host-usher-oauth')).toBe(false)
  }
})

test('what a person typed is shown as text', async () => {
  const answer = await new BrowserSession(api).send(
    '/api/auth/oauth/firm/callback?error=%3Cscript%3E&state=%3Cscript%3E',
    { headers: { Accept: 'text/html' } },
  )
  expect(answer.text).not.toContain('<script')
})

test('sign-ins by provider count as sign-ins of the address, before the provider is asked', async () => {
  const strict = await startApi({
    host: 'in-process',
    limits: { signin: 2 },
    env: { ...issuer.variables('FIRM'), TRUSTED_PROXY: 'cloudflare' },
  })
  const from = { 'CF-Connecting-IP': '192.0.2.7' }
  const come = async () => {
    const browser = new BrowserSession(strict)
    return browser.comeBack(issuer.agree(await browser.begin('firm')), from)
  }
  expect([(await come()).status, (await come()).status]).toEqual([303, 303])
  const before = issuer.asked['token']
  const denied = await come()
  expect(denied).toBeProblem('quota-exceeded')
  expect(denied.headers.getSetCookie()).toHaveLength(1)
  expect(issuer.asked['token']).toBe(before)
  await strict.stop()
})

test('metadata that are known serve while the provider is away', async () => {
  let later = 0
  const patient = await startApi({
    host: 'in-process',
    now: () => Date.now() + later,
    env: issuer.variables('FIRM'),
  })
  const come = async () => {
    const browser = new BrowserSession(patient)
    return browser.comeBack(issuer.agree(await browser.begin('firm')))
  }
  expect((await come()).status).toBe(303)
  later = 11 * 60_000
  issuer.says.faults = { discovery: 'trouble' }
  expect((await come()).status).toBe(303)
  await patient.stop()
})

import { account } from '../test/support/accounts.ts'
import { expect } from '../test/support/fixtures.ts'
import { test } from '../test/support/oauth-fixtures.ts'

const FLOW = 'usher-oauth'

test.beforeEach(({ providers }) => providers.issuer.reset())

test('a sign-in by provider, on this host: where it goes, where it ends, and what the browser keeps', async ({
  browserOf,
  providers: { issuer },
  api,
}) => {
  issuer.says.claims = { sub: 'host', email: 'by-host@home.org', email_verified: true }
  const browser = browserOf()
  await browser.begin('firm')
  const started = await browser.send('/api/auth/oauth/firm')
  expect(started.headers.get('server-timing')).toContain('0 trips, 0 commands')
  const location = new URL(await browser.begin('firm', '?returnTo=/account/keys?nxtPprovider=x'))
  expect(location.searchParams.get('redirect_uri')).toBe(
    `${api.origin}/api/auth/oauth/firm/callback`,
  )
  expect([...browser.cookies.keys()]).toEqual([FLOW])
  const back = issuer.agree(location.href)
  // What providers add is not looked at, and what Next would take for a part of the path neither.
  for (const name of ['scope', 'session_state', 'provider', 'nxtPprovider', 'hd'])
    back.searchParams.set(name, 'other')
  const answer = await browser.comeBack(back)
  expect(answer.status, answer.text).toBe(303)
  const end = new URL(answer.headers.get('location') ?? '', api.origin)
  expect(end.href).toBe(`${api.origin}/account/keys?nxtPprovider=x`)
  const lines = answer.headers.getSetCookie()
  expect(lines.map((line) => line.replace(/=.*/, '')).sort()).toEqual([
    ...['usher-access', 'usher-oauth', 'usher-refresh'],
  ])
  for (const line of lines) expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/)
  expect((await browser.send('/api/profile')).body.user).toBe('by-host@home.org')
  expect(answer.headers.get('server-timing')).toMatch(/"[123] trips, [1-5] commands"/)
})

test('a failure, on this host, is a problem, and to a person a page of the same status', async ({
  browserOf,
  providers: { issuer },
}) => {
  const browser = browserOf()
  for (const accept of ['*/*', 'text/html']) {
    const back = issuer.agree(await browser.begin('firm'))
    back.searchParams.set('state', 'another')
    const answer = await browser.comeBack(back, { Accept: accept })
    if (accept === '*/*') expect(answer).toBeProblem('oauth-failed')
    else expect([answer.status, answer.type]).toEqual([400, 'text/html; charset=utf-8'])
    expect(answer.headers.getSetCookie()).toEqual([
      `${FLOW}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`,
    ])
    expect(answer.headers.get('content-security-policy')).not.toContain(',')
  }
  const slow = issuer.agree(await browser.begin('firm'))
  issuer.says.faults = { token: 'drip' }
  expect(await browser.comeBack(slow)).toBeProblem('service-unavailable')
  issuer.reset()
  const large = issuer.agree(await browser.begin('firm'))
  issuer.says.faults = { token: 'large' }
  expect(await browser.comeBack(large)).toBeProblem('oauth-failed')
  const elsewhere = issuer.agree(await browser.begin('firm'))
  issuer.says.faults = { token: 'redirect' }
  expect(await browser.comeBack(elsewhere)).toBeProblem('oauth-failed')
})

test('an account is joined by its session, exported, and deleted, on this host', async ({
  browserOf,
  providers: { issuer },
  store,
}) => {
  const browser = browserOf()
  const credentials = await account(store, 'joining@home.org')
  expect((await browser.change('/api/auth/login', 'POST', credentials)).status).toBe(200)
  issuer.says.claims = { sub: 'joined' }
  const back = issuer.agree(await browser.begin('firm', '?link=1'))
  expect((await browser.comeBack(back)).status).toBe(303)
  const { body } = await browser.send('/api/profile/export')
  expect(body.identities).toMatchObject([{ provider: 'firm', address: null }])
  const path = `/api/auth/identities/${body.identities[0].id}`
  expect((await browser.change(path, 'DELETE', { current: 'password' })).status).toBe(204)
  expect((await browser.change('/api/profile', 'DELETE')).status).toBe(204)
  const keys = (await store.call('KEYS', '*')) as string[]
  expect(keys.filter((key) => key.includes('joining@home.org'))).toEqual([])
})

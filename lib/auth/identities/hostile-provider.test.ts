import { test } from '@playwright/test'
import type { Answer } from '../../../test/support/api.ts'
import { BrowserSession } from '../../../test/support/browser-session.ts'
import type { InProcess } from '../../../test/support/in-process.ts'
import { type Fault, startIssuer, type TestIssuer } from '../../../test/support/issuer.ts'
import { expect } from '../../../test/support/problem.ts'
import { startApi } from '../../../test/support/start-api.ts'

let issuer: TestIssuer
let evil: TestIssuer
let api: InProcess

test.beforeAll(async () => {
  issuer = await startIssuer()
  evil = await startIssuer()
  api = await startApi({
    host: 'in-process',
    env: {
      ...issuer.variables('FIRM'),
      ...issuer.variables('GITHUB'),
      ...evil.variables('EVIL'),
    },
  })
})
test.afterAll(async () => {
  await api.stop()
  await Promise.all([issuer.stop(), evil.stop()])
})
test.beforeEach(() => {
  issuer.reset()
  evil.reset()
})
/** Whoever was refused has left nothing behind. */
test.afterEach(async () => {
  await api.settled()
  const keys = ((await api.command('KEYS', '*')) as Buffer[]).map(String)
  expect(keys.filter((key) => !/^(limit:|events|metrics|blocks)/.test(key))).toEqual([])
})

const FLOW = '__Host-usher-oauth'

/** Refused, with what did not hold; and the browser has no session and no flow any more. */
function expectRefused(answer: Answer, browser: BrowserSession, detail: RegExp): void {
  expect(answer).toBeProblem('oauth-failed', { detail: expect.stringMatching(detail) })
  expect(answer.headers.getSetCookie()).toEqual([
    `${FLOW}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax`,
  ])
  expect([...browser.cookies.keys()]).toEqual([])
}

/** Begins with one provider and comes back from it, with the answer changed on the way. */
async function flow(
  change: (back: URL) => void = () => undefined,
  provider = 'firm',
): Promise<[Answer, BrowserSession]> {
  const browser = new BrowserSession(api)
  const back = issuer.agree(await browser.begin(provider))
  change(back)
  return [await browser.comeBack(back), browser]
}

test('an answer that belongs to no sign-in of this browser asks the provider for nothing', async () => {
  const before = { ...issuer.asked }
  const changes: [RegExp, (back: URL) => void][] = [
    [/^The state is not the one/, (back) => back.searchParams.delete('state')],
    [/^The state is not the one/, (back) => back.searchParams.set('state', 'x')],
    [/^The state is not the one/, (back) => back.searchParams.append('state', 'x')],
    [
      /^The state is not the one/,
      (back) => back.searchParams.append('state', back.searchParams.get('state') ?? ''),
    ],
  ]
  for (const [detail, change] of changes) {
    const [answer, browser] = await flow(change)
    expectRefused(answer, browser, detail)
  }
  // Another browser, which began none, or one of its own.
  const mine = new BrowserSession(api)
  const back = issuer.agree(await mine.begin('firm'))
  const other = new BrowserSession(api)
  expectRefused(await other.comeBack(back), other, /^The state belongs to no sign-in/)
  await other.begin('firm')
  expectRefused(await other.comeBack(back), other, /^The state is not the one/)
  // A cookie that was made up, or changed.
  for (const change of [(text: string) => `${text}x`, () => 'a.b', () => '']) {
    await other.begin('firm')
    other.cookies.set(FLOW, change(other.cookies.get(FLOW) ?? ''))
    expectRefused(await other.comeBack(back), other, /^The state belongs to no sign-in/)
  }
  expect({ ...issuer.asked, discovery: 0 }).toEqual({ ...before, discovery: 0 })
})

test('a sign-in is over once it has come back, whatever came of it', async () => {
  const browser = new BrowserSession(api)
  const back = issuer.agree(await browser.begin('firm'))
  const kept = browser.cookies.get(FLOW) ?? ''
  issuer.says.claims = { sub: 'a', email: 'a@home.org', email_verified: false }
  expectRefused(await browser.comeBack(back), browser, /does not say that your address/)
  expectRefused(await browser.comeBack(back), browser, /^The state belongs to no sign-in/)
  // Whoever kept the cookie finds that the code was used.
  browser.cookies.set(FLOW, kept)
  expectRefused(await browser.comeBack(back), browser, /^Firm refused the code/)
})

test('mix-up: an answer of one provider is worth nothing at the callback of another', async () => {
  const browser = new BrowserSession(api)
  // The browser thinks that it is at Evil, which sends it on to the honest provider.
  const location = await browser.begin('evil')
  const back = issuer.agree(location)
  back.searchParams.delete('iss')
  expectRefused(await browser.comeBack(back), browser, /names another issuer than Evil, or none/)
  await browser.begin('evil')
  const named = issuer.agree(await browser.begin('evil'))
  expectRefused(await browser.comeBack(named), browser, /names another issuer than Evil/)
  // The state of a sign-in with one, at the callback of the other.
  const other = issuer.agree(await browser.begin('firm'))
  other.pathname = other.pathname.replace('firm', 'evil')
  expectRefused(await browser.comeBack(other), browser, /sign-in with another provider/)
  expect(evil.asked['token'] ?? 0).toBe(0)
})

test('nonce and verifier are those of this sign-in', async () => {
  // An attacker's code, obtained in a sign-in of their own, is put into a victim's answer.
  const attacker = new BrowserSession(api)
  const stolen = issuer.agree(await attacker.begin('firm')).searchParams.get('code') ?? ''
  const [answer, browser] = await flow((back) => back.searchParams.set('code', stolen))
  expectRefused(answer, browser, /^Firm refused the code/)
  issuer.says.idToken = (claims) => ({ ...claims, nonce: 'another' })
  expectRefused(...(await flow()), /its nonce is not the one/)
  issuer.says.idToken = ({ nonce: _, ...claims }) => claims
  expectRefused(...(await flow()), /does not hold/)
})

test('an ID token holds whole, or it is none', async () => {
  const now = Math.floor(Date.now() / 1_000)
  const faults: [RegExp, (claims: Record<string, unknown>) => Record<string, unknown>][] = [
    [/it is of another issuer/, (claims) => ({ ...claims, iss: evil.url })],
    [/it is for another client/, (claims) => ({ ...claims, aud: 'another-client' })],
    [/does not hold/, (claims) => ({ ...claims, aud: ['the-client', 'another'] })],
    [/it is for another client/, (claims) => ({ ...claims, azp: 'another-client' })],
    [/it is over/, (claims) => ({ ...claims, iat: now - 7_200, exp: now - 3_600 })],
    [/it is over/, (claims) => ({ ...claims, nbf: now + 3_600 })],
    [/it is not good yet/, (claims) => ({ ...claims, iat: now + 3_600, exp: now + 7_200 })],
    [/does not hold/, ({ exp: _, ...claims }) => claims],
    [/does not hold/, (claims) => ({ ...claims, exp: 'never' })],
    [/does not hold/, (claims) => ({ ...claims, sub: 5 })],
    [/its subject is none/, (claims) => ({ ...claims, sub: '' })],
    [/its subject is none/, (claims) => ({ ...claims, sub: 'x'.repeat(256) })],
  ]
  for (const [detail, idToken] of faults) {
    issuer.says.idToken = idToken
    expectRefused(...(await flow()), detail)
  }
})

for (const [signing, detail] of [
  ['none', /signed in a way that is not taken/],
  ['public key as secret', /signed in a way that is not taken/],
  ['unknown kid', /its key is not among those that are published/],
  ['other key', /its signature/],
] as const) {
  test(`an ID token that is signed with ${signing} is none`, async () => {
    issuer.says.signing = signing
    expectRefused(...(await flow()), detail)
  })
}

test('an address is confirmed by the boolean true alone, of whichever source is asked', async () => {
  for (const email_verified of ['true', 'yes', 1, {}, [true], null, false]) {
    issuer.says.claims = { sub: 'a', email: 'a@home.org', email_verified }
    expectRefused(...(await flow()), /does not say that your address is confirmed/)
  }
  issuer.says.claims = { sub: 'a' }
  for (const userInfo of [
    { sub: 'a', email: 'a@home.org', email_verified: 'true' },
    { sub: 'a', email: 'a@home.org' },
    { sub: 'a', email_verified: true },
  ]) {
    issuer.says.userInfo = userInfo
    expectRefused(...(await flow()), /does not say that your address is confirmed/)
  }
  // Somebody else's.
  issuer.says.userInfo = { sub: 'b', email: 'a@home.org', email_verified: true }
  expectRefused(...(await flow()), /What Firm says of the person does not hold/)
  for (const emails of [
    [],
    {},
    [{ email: 'a@home.org', primary: true, verified: 'true' }],
    [{ email: 'a@home.org', primary: false, verified: true }],
    [{ email: 'a@home.org', primary: true, verified: false }],
  ]) {
    issuer.says.emails = emails
    expectRefused(...(await flow(undefined, 'github')), /does not say that your address/)
  }
})

test('a mailbox of another spelling is another mailbox', async () => {
  for (const email of ['ｍe@home.org', '\u212Aate@home.org', 'me\u00ad@home.org', 'İ@home.org']) {
    issuer.says.claims = { sub: 'a', email, email_verified: true }
    expectRefused(...(await flow()), /does not say that your address is confirmed/)
  }
})

test('what GitHub says of the person is a number', async () => {
  for (const user of [{}, { id: '1' }, { id: 0 }, { id: 1.5 }, { id: null }, [], 'x', null]) {
    issuer.says.user = user
    expectRefused(...(await flow(undefined, 'github')), /What GitHub says of the person/)
  }
})

test('a refusal of the provider is said, and a word that is none is not repeated', async () => {
  const refused = (error: string) =>
    flow((back) => {
      back.searchParams.delete('code')
      back.searchParams.set('error', error)
    })
  expectRefused(...(await refused('access_denied')), /not to let you in here \(access_denied\)/)
  expectRefused(...(await refused('login_required')), /refused the sign-in: login_required\.$/)
  expectRefused(...(await refused('<script>')), /refused the sign-in: an error\.$/)
  expectRefused(...(await flow((back) => back.searchParams.delete('code'))), /has no code/)
})

const UNSOUND: readonly Fault[] = ['redirect', 'large', 'garbage', 'refusal']

for (const [endpoint, provider] of [
  ['token', 'firm'],
  ['jwks', 'firm'],
  ['userinfo', 'firm'],
  ['token', 'github'],
  ['user', 'github'],
  ['emails', 'github'],
] as const) {
  test(`${provider}, ${endpoint}: what is no sound answer is refused, trouble is 503`, async () => {
    if (endpoint === 'userinfo') issuer.says.claims = { sub: 'a' }
    // Keys that are known already are not fetched again.
    if (endpoint === 'jwks') await freshIsolate()
    for (const fault of UNSOUND) {
      issuer.says.faults = { [endpoint]: fault }
      const [answer, browser] = await flow(undefined, provider)
      expectRefused(answer, browser, /(Firm|GitHub)/)
    }
    issuer.says.faults = { [endpoint]: 'trouble' }
    const [answer, browser] = await flow(undefined, provider)
    expect(answer).toBeProblem('service-unavailable')
    expect([...browser.cookies.keys()]).toEqual([])
  })
}

test('a provider that is silent, or does not come to an end, is 503 within five seconds', async () => {
  const began = Date.now()
  issuer.says.faults = { token: 'silent' }
  evil.says.faults = { token: 'drip' }
  const browsers = [new BrowserSession(api), new BrowserSession(api)] as const
  const backs = [
    issuer.agree(await browsers[0].begin('firm')),
    evil.agree(await browsers[1].begin('evil')),
  ] as const
  const answers = await Promise.all([
    browsers[0].comeBack(backs[0]),
    browsers[1].comeBack(backs[1]),
  ])
  for (const answer of answers) expect(answer).toBeProblem('service-unavailable')
  // Not a measure of speed: without the bound they would never end.
  expect(Date.now() - began).toBeLessThan(60_000)
})

test('what a provider publishes of itself must be sound, and one that is away is 503', async () => {
  await freshIsolate()
  for (const [metadata, fault] of [
    [{ issuer: evil.url }, undefined],
    [{ authorization_endpoint: undefined }, undefined],
    [{ authorization_endpoint: 'javascript:alert(1)' }, undefined],
    [{}, 'redirect'],
    [{}, 'large'],
    [{}, 'garbage'],
    [{}, 'refusal'],
  ] as const) {
    issuer.says.metadata = metadata
    issuer.says.faults = fault === undefined ? {} : { discovery: fault }
    const answer = await new BrowserSession(api).send('/api/auth/oauth/firm')
    expect(answer, JSON.stringify([metadata, fault])).toBeProblem('oauth-failed', {
      detail: 'What Firm publishes of itself does not hold.',
    })
    expect(answer.headers.getSetCookie()).toEqual([])
    if (metadata.issuer === undefined && 'authorization_endpoint' in metadata) await freshIsolate()
  }
  issuer.says.faults = { discovery: 'trouble' }
  const answer = await new BrowserSession(api).send('/api/auth/oauth/firm')
  expect(answer).toBeProblem('service-unavailable')
})

/** Another isolate remembers nothing of providers. */
async function freshIsolate(): Promise<void> {
  await api.stop()
  api = await startApi({
    host: 'in-process',
    env: { ...issuer.variables('FIRM'), ...issuer.variables('GITHUB'), ...evil.variables('EVIL') },
  })
}

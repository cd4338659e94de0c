import { test } from '@playwright/test'
import { environmentOf, NO_STORE } from '../../test/support/environment.ts'
import { expect } from '../../test/support/problem.ts'
import { createBaseDeps } from '../deps/base.ts'
import { type GateDeps, gateParts } from '../deps/gate.ts'
import { EnvironmentFault, parseSettings } from '../settings/settings.ts'
import type { Variables } from '../settings/types.ts'
import { gate, isForPage } from './gate.ts'

// The store is away: what is judged here is judged without it.

const ORIGIN = 'https://api.example.com'
const NOW = Date.now()

function depsOf(env: Variables = {}): GateDeps {
  const all = { TRUSTED_PROXY: 'proxy:1', ...env }
  const settings = parseSettings(environmentOf({ origin: ORIGIN, store: NO_STORE, env: all }))
  const base = createBaseDeps(settings, () => NOW)
  return { ...base, ...gateParts(settings, base, () => NOW) }
}

const write = console.log
test.beforeAll(() => {
  console.log = () => undefined
})
test.afterAll(() => {
  console.log = write
})

interface Sent {
  method?: string
  headers?: Record<string, string>
}

async function passed(path: string, { method = 'GET', headers = {} }: Sent = {}, deps = depsOf()) {
  const request = new Request(`${ORIGIN}${path}`, { method, headers })
  return gate(
    request,
    () => deps,
    (work) => void work.catch(() => undefined),
  )
}

/** The answer of a request that does not pass. */
async function answered(path: string, sent?: Sent, deps?: GateDeps): Promise<Response> {
  const outcome = await passed(path, sent, deps)
  if (!('response' in outcome)) throw new Error(`${path} passes`)
  return outcome.response
}

function tokenOf(deps: GateDeps, more: Record<string, number> = {}): Promise<string> {
  const iat = Math.floor(NOW / 1_000) - 5
  const claims = {
    sub: 'u_0123456789abcdef',
    user: 'me@home.org',
    sid: 's',
    level: 0,
    plan: 'free',
    jti: 'j',
  }
  return deps.accessTokens.issue({ ...claims, iat, exp: iat + 3_600, ...more })
}

const json = { 'Content-Type': 'application/json' }

for (const [about, path, sent, slug] of [
  ['too many bytes before the body', `/api/profile?${'x'.repeat(17_000)}`, {}, 'header-too-large'],
  ['a path that is malformed', '/api/%zz', {}, 'invalid-request'],
  ['a path that leads nowhere', '/api/auth/nothing', {}, 'not-found'],
  ['a method that is not there', '/api/profile', { method: 'PUT' }, 'method-not-allowed'],
] as const) {
  test(`${about} is refused before anybody is asked who they are`, async () => {
    const Authorization = 'Bearer x.y.z'
    const headers = { Authorization, 'X-API-Key': 'another', Origin: ORIGIN }
    const response = await answered(path, { ...sent, headers })
    await expect(response).toBeProblem(slug)
    expect(response.headers.get('server-timing')).toContain('0 trips, 0 commands')
    expect(response.headers.has('ratelimit')).toBe(false)
  })
}

test('a path that is not in its normal form is sent on, with what was asked', async () => {
  const response = await answered('/api/profile/?a=1')
  expect(response.status).toBe(308)
  expect(response.headers.get('location')).toBe('/api/profile?a=1')
})

test('a preflight is answered without a credential, and says what the path takes', async () => {
  const deps = depsOf({ CORS_ORIGINS: 'https://app.example.com' })
  const ask = (Origin: string) =>
    answered('/api/profile', { method: 'OPTIONS', headers: { Origin } }, deps)
  const allowed = await ask('https://app.example.com')
  expect(allowed.status).toBe(204)
  expect(allowed.headers.get('allow')).toBe('GET, PATCH, DELETE, HEAD, OPTIONS')
  expect(allowed.headers.get('access-control-allow-methods')).toBe(
    'GET, PATCH, DELETE, HEAD, OPTIONS',
  )
  expect((await ask('https://evil.example.org')).headers.has('access-control-allow-methods')).toBe(
    false,
  )
})

test('a user is served while nothing can be counted, and is told the quota', async () => {
  const deps = depsOf()
  const headers = { Authorization: `Bearer ${await tokenOf(deps)}` }
  const outcome = await passed('/api/profile', { headers }, deps)
  if (!('pass' in outcome)) throw new Error('it does not pass')
  const { handover, response } = outcome.pass
  const left = { remaining: expect.any(Number) }
  expect(handover.quotas).toMatchObject([
    { policy: 'user', ...left },
    { policy: 'month', ...left },
  ])
  // The endpoint writes them: under Next's Node runtime the gate's would be the only ones.
  expect(response.has('ratelimit')).toBe(false)
  expect(response.get('x-request-id')).toBe(handover.requestId)
})

test('a stranger is not: whoever cannot be counted is nobody’s guest', async () => {
  await expect(await answered('/api/profile')).toBeProblem('service-unavailable')
})

test('a bad token is refused while nothing can be counted: its count is not waited for', async () => {
  const deps = depsOf()
  const over = await tokenOf(deps, { iat: 1, exp: 2 })
  for (const token of ['x.y.z', '', over]) {
    const headers = { Authorization: `Bearer ${token}` }
    const response = await answered('/api/profile', { headers }, deps)
    await expect(response, token.slice(-8)).toBeProblem('invalid-token')
    expect(response.headers.get('ratelimit')).toMatch(/^"anonymous"/)
  }
})

test('a session that this isolate knows to be ended is a bad credential', async () => {
  const deps = depsOf()
  const token = await tokenOf(deps)
  const { value } = await deps.accessTokens.verify(token, NOW).then((found) => {
    if (!found.ok) throw new Error(found.reason)
    return found
  })
  deps.deadSessions.remember(value)
  const headers = { Authorization: `Bearer ${token}` }
  await expect(await answered('/api/profile', { headers }, deps)).toBeProblem('invalid-token')
})

test('two credentials are refused, and count as a stranger', async () => {
  const deps = depsOf()
  const headers = { Authorization: `Bearer ${await tokenOf(deps)}`, 'X-API-Key': 'x' }
  const response = await answered('/api/profile', { headers }, deps)
  await expect(response).toBeProblem('invalid-request', {
    detail: expect.stringContaining('two credentials'),
  })
  expect(response.headers.get('ratelimit')).toMatch(/^"anonymous"/)
})

test('of a body the media type is judged first, then the length that is declared', async () => {
  const deps = depsOf()
  const Authorization = `Bearer ${await tokenOf(deps)}`
  const long = { 'Content-Length': '70000' }
  const ask = (headers: Record<string, string>) =>
    answered('/api/keys', { method: 'POST', headers: { Authorization, ...headers } }, deps)
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  await expect(await ask({ ...long, ...form })).toBeProblem('unsupported-media-type')
  await expect(await ask({ ...long, ...json })).toBeProblem('payload-too-large')
})

test('a probe is nobody’s quota, and nobody’s credential', async () => {
  const outcome = await passed('/api/health', { headers: { Authorization: 'Bearer x' } })
  if (!('pass' in outcome)) throw new Error('it does not pass')
  expect(outcome.pass.handover.quotas).toEqual([])
  expect(outcome.pass.handover.spent).toMatchObject({ count: 0 })
})

test('the token of the metrics passes uncounted: an operator looks when quotas are used up', async () => {
  const METRICS_TOKEN = 'a-token-for-metrics-of-thirty-two-bytes'
  const deps = depsOf({ METRICS_TOKEN })
  const headers = { Authorization: `Bearer ${METRICS_TOKEN}` }
  expect(await passed('/api/metrics', { headers }, deps)).toHaveProperty('pass')
  await expect(await answered('/api/profile', { headers }, deps)).toBeProblem('invalid-token')
})

test('while the environment has faults nothing passes, and what leads nowhere leads nowhere', async () => {
  const ask = (path: string) =>
    gate(
      new Request(`${ORIGIN}${path}`),
      () => {
        throw new EnvironmentFault(['SECRET_TOKEN is missing.'])
      },
      () => undefined,
    )
  for (const [path, slug] of [
    ['/api/health', 'internal-error'],
    ['/api/auth/nothing', 'not-found'],
  ] as const) {
    const outcome = await ask(path)
    if (!('response' in outcome)) throw new Error(`${path} passes`)
    await expect(outcome.response, path).toBeProblem(slug)
    expect(await outcome.response.text()).not.toContain('SECRET_TOKEN')
  }
})

test('each request has an id of its own, whatever the client sends', async () => {
  const headers = { 'X-Request-Id': 'mine', 'X-Usher-Request-Id': 'mine' }
  const ids = await Promise.all(
    [1, 2].map(
      async () => (await answered('/api/auth/x', { headers })).headers.get('x-request-id') ?? '',
    ),
  )
  expect(new Set([...ids, 'mine']).size).toBe(3)
  expect(ids[0]).toMatch(/^[\da-f-]{36}$/)
})

test('a page is what is neither of the API, nor malformed, nor to be sent on', () => {
  const page = (path: string, method = 'GET') => isForPage(method, new URL(path, ORIGIN))
  for (const path of ['/', '/problems/not-found', '/apix']) expect(page(path), path).toBe(true)
  for (const path of ['/api', '/api/x', '/v1', '/.well-known/x', '/%zz', '/problems/']) {
    expect(page(path), path).toBe(false)
  }
})

import { expect, test } from '@playwright/test'
import { SignJWT } from 'jose'
import { type AppRig, ORIGIN, PASSWORD, startApp } from '../test/support/app.ts'
import { SECRET_TOKEN } from '../test/support/environment.ts'
import { startInProcess } from '../test/support/in-process.ts'

/** `RATE_LIMITS` has a row `user` of a million, as most tests have it: that of `free`. */
const PLANS = {
  tiny: { minute: 5, keys: 2 },
  small: { month: 4 },
  pro: { minute: 3_000, month: 3_000_000, keys: 100 },
}

let rig: AppRig
let admin: string
test.beforeAll(async () => {
  rig = await startApp(1_000_000, {}, { TRUSTED_PROXY: 'proxy:1', PLANS: JSON.stringify(PLANS) })
  admin = await rig.enter('admin@home.org', 9)
})
test.afterAll(() => rig.close())

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

function ask(path: string, headers: Record<string, string>, method = 'GET', body?: unknown) {
  const typed = body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' }
  return rig.ask(path, {
    method,
    headers: typed,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

/** An account with a plan, before it signs in. */
async function enter(user: string, plan: string): Promise<string> {
  await rig.enter(user, 0)
  await rig.command('HSET', `user:${user}`, 'plan', plan)
  const answer = await ask('/api/auth/signin', {}, 'POST', { user, password: PASSWORD })
  return (await answer.json()).JWT
}

async function setPlan(user: string, plan: string): Promise<void> {
  const answer = await ask(`/api/users/${user}`, bearer(admin), 'PATCH', { plan })
  expect(answer.status, await answer.clone().text()).toBe(200)
  expect(await answer.json()).toMatchObject({ user, plan })
}

function quotas(answer: Response): { policy: string | null; left: string | null } {
  return { policy: answer.headers.get('ratelimit-policy'), left: answer.headers.get('ratelimit') }
}

/** Asks until it is denied; a minute may begin meanwhile. */
async function untilDenied(send: () => Promise<Response>): Promise<void> {
  for (let index = 0; index < 12; index++) if ((await send()).status === 429) return
  throw new Error('it is not denied')
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

const monthSeconds = (): number => {
  const now = new Date()
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  return (Date.UTC(year, month + 1) - Date.UTC(year, month)) / 1_000
}

test('the token names the plan, and every answer says what it leaves of the minute and the month', async () => {
  const token = await enter('pro@home.org', 'pro')
  expect(claimsOf(token)).toMatchObject({ plan: 'pro' })
  for (const path of ['/api/profile', '/api/profile?x=1', '/api/users']) {
    const { policy, left } = quotas(await ask(path, bearer(token)))
    expect(policy).toBe(`"user";q=3000;w=60, "month";q=3000000;w=${monthSeconds()}`)
    expect(left).toMatch(/^"user";r=299\d;t=\d+, "month";r=299999\d;t=\d+$/)
  }
  expect(await (await ask('/api/profile', bearer(token))).json()).toMatchObject({ plan: 'pro' })
})

test('a plan without limits has no quota to tell', async () => {
  const token = await enter('unlimited@home.org', 'unlimited')
  const answer = await ask('/api/profile', bearer(token))
  expect(answer.status).toBe(200)
  expect(quotas(answer)).toEqual({ policy: null, left: null })
})

test('a plan that is not there counts as free, and so does a token from before there were plans', async () => {
  const token = await enter('lost@home.org', 'nowhere')
  expect(await (await ask('/api/profile', bearer(token))).json()).toMatchObject({ plan: 'free' })
  expect(quotas(await ask('/api/profile', bearer(token))).policy).toMatch(
    /^"user";q=1000000;w=86400/,
  )
  const { plan: _, ...claims } = claimsOf(token)
  const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
  const old = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
    .sign(new TextEncoder().encode(SECRET_TOKEN))
  expect((await ask('/api/profile', bearer(old))).status).toBe(200)
})

test('a refresh cookie of somebody who was disabled by hand is counted by the minute, in every isolate', async () => {
  const first = await startInProcess({ host: 'in-process' })
  const second = await startInProcess({ host: 'in-process', store: first.store })
  try {
    const user = 'disabled@home.org'
    await first.account(user)
    const answer = await first.send('signIn', { body: { user, password: 'password' } })
    const { refresh } = await answer.json()
    await first.command('HSET', `user:${user}`, 'disabled', '1')
    const headers = { Cookie: `__Host-usher-refresh=${refresh}` }
    // Its plan is looked for behind the first answer.
    expect((await second.ask('/api/reviews', { headers })).status).toBe(200)
    await second.settled()
    const next = await second.ask('/api/reviews', { headers })
    expect(quotas(next).policy).toMatch(/^"user";q=1000000;/)
  } finally {
    await second.stop()
    await first.stop()
  }
})

test('a month that is used up is denied until the next one, and what is denied uses nothing', async () => {
  const token = await enter('month@home.org', 'small')
  const statuses: number[] = []
  for (let index = 0; index < 4; index++) {
    statuses.push((await ask('/api/profile', bearer(token))).status)
  }
  expect(statuses).toEqual([200, 200, 200, 200])
  const denied = await ask('/api/profile', bearer(token))
  expect(denied.status).toBe(429)
  const left = /^"month";r=0;t=(\d+)$/.exec(denied.headers.get('ratelimit') ?? '')?.[1]
  expect(denied.headers.get('retry-after')).toBe(left)
  const untilNext =
    (Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 1) - Date.now()) / 1_000
  expect(Math.abs(Number(left) - untilNext)).toBeLessThan(5)
  expect((await denied.json()).detail).toContain('"month" of 4')
  await rig.settle()
  const id = String(claimsOf(token)['sub'])
  const month = new Date().toISOString().slice(0, 7)
  expect(String(await rig.command('GET', `limit:month:${id}:${month}`))).toBe('4')
})

test('API keys of a plan without a minute use its month', async () => {
  // As it is shipped: a key has no limit but its plan's.
  const shipped = await startInProcess({
    host: 'in-process',
    env: { PLANS: JSON.stringify(PLANS), RATE_LIMITS: '{}' },
  })
  try {
    const user = 'key@home.org'
    await shipped.account(user)
    await shipped.command('HSET', `user:${user}`, 'plan', 'small')
    const entered = await shipped.send('signIn', { body: { user, password: 'password' } })
    const body = { name: 'K', scopes: ['movies:read'] }
    const { JWT } = await entered.json()
    const made = await shipped.send('createKey', { body }, bearer(JWT))
    const { key } = await made.json()
    const answers: string[] = []
    for (let index = 0; index < 5; index++) {
      const answer = await shipped.ask('/api/movies?limit=1', { headers: { 'X-API-Key': key } })
      answers.push(`${answer.status} ${quotas(answer).left?.replace(/;t=\d+/, '')}`)
    }
    expect(answers).toEqual([
      ...['200 "month";r=2', '200 "month";r=1', '200 "month";r=0'],
      ...['429 "month";r=0', '429 "month";r=0'],
    ])
    await shipped.settled()
    expect(shipped.logged.filter((line) => line.includes('not-counted'))).toEqual([])
    expect(await shipped.command('KEYS', 'limit:key:*')).toEqual([])
  } finally {
    await shipped.stop()
  }
})

test('a plan that an admin sets holds at once, without another sign-in, and in the next token', async () => {
  const user = 'raised@home.org'
  const token = await enter(user, 'tiny')
  const own = () => ask('/api/profile', bearer(token))
  await untilDenied(own)
  await setPlan(user, 'pro')
  const answer = await own()
  expect([answer.status, quotas(answer).policy?.split(',')[0]]).toEqual([200, '"user";q=3000;w=60'])
  await setPlan(user, 'tiny')
  await untilDenied(own)
  await setPlan(user, 'pro')
  const again = await ask('/api/auth/signin', {}, 'POST', { user, password: PASSWORD })
  expect(claimsOf((await again.json()).JWT)).toMatchObject({ plan: 'pro' })
})

test('a plan that was set elsewhere is learned from the store, also by who is denied', async () => {
  const user = 'elsewhere@home.org'
  const token = await enter(user, 'tiny')
  await untilDenied(() => ask('/api/profile', bearer(token)))
  await rig.command('HSET', `user:${user}`, 'plan', 'pro')
  const statusAfterLook = async (): Promise<number> => {
    const { status } = await ask('/api/profile', bearer(token))
    await rig.settle()
    return status
  }
  await expect.poll(statusAfterLook, { timeout: 10_000 }).toBe(200)
})

test('422 for a plan that is not there, naming those that are; a user cannot set one', async () => {
  const token = await enter('nobody@home.org', 'free')
  const wrong = await ask('/api/users/nobody@home.org', bearer(admin), 'PATCH', { plan: 'gold' })
  expect(wrong.status).toBe(422)
  expect((await wrong.json()).errors).toEqual([
    { pointer: '#/plan', message: 'is not one of free, pro, unlimited, tiny, small' },
  ])
  const own = await ask('/api/profile', bearer(token), 'PATCH', { plan: 'pro' })
  expect(own.status).toBe(422)
  const forbidden = await ask('/api/users/nobody@home.org', bearer(token), 'PATCH', { plan: 'pro' })
  expect(forbidden.status).toBe(403)
})

test('API keys count under the plan of their owner, and a plan has so many of them', async () => {
  const user = 'keys@home.org'
  const token = await enter(user, 'tiny')
  const make = (name: string, limit?: number) =>
    ask('/api/keys', bearer(token), 'POST', { name, scopes: ['movies:read'], limit })
  const first = await (await make('first')).json()
  expect(first.limit).toBe(5)
  expect((await make('second', 2)).status).toBe(201)
  const full = await make('third')
  expect([full.status, (await full.json()).detail]).toEqual([
    409,
    'The plan tiny has 2 API keys at most: delete one.',
  ])
  const byKey = () => ask('/api/movies', { 'X-API-Key': first.key })
  const policies = quotas(await byKey()).policy
  expect(policies).toBe('"key";q=5;w=86400, "user";q=5;w=60')
  await untilDenied(byKey)
  await setPlan(user, 'pro')
  const statusAfterLook = async (): Promise<number> => {
    const { status } = await byKey()
    await rig.settle()
    return status
  }
  await expect.poll(statusAfterLook, { timeout: 10_000 }).toBe(200)
  expect((await make('third', 3_000)).status).toBe(201)
})

test('a browser whose access cookie is over is served by its own plan, not held to the smallest', async () => {
  const user = 'cookies@home.org'
  await enter(user, 'pro')
  const answer = await rig.ask('/api/auth/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: ORIGIN },
    body: JSON.stringify({ user, password: PASSWORD }),
  })
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '')
  const refresh = cookies.find((cookie) => cookie.includes('refresh')) ?? ''
  const renewed = await rig.ask('/api/profile', { headers: { Cookie: refresh } })
  expect(renewed.status).toBe(200)
  expect(quotas(renewed).policy ?? '"user";q=3000').toContain('"user";q=3000')
})

import { expect, test } from '@playwright/test'
import { StoreUnavailable } from '../contract/problems.ts'
import { Trips } from '../store/client/trips.ts'
import type { LimiterOptions } from './counter.ts'
import { setQuotaHeaders } from './headers.ts'
import type { HotLimiter } from './hot.ts'
import { POLICIES } from './policies.ts'
import { StrictLimiter } from './strict.ts'
import type { GivenBack } from './types.ts'

const START = 1_790_000_040_000

/** A store that counts as the library's fixed window does, and can fail. */
function setup(overrides: LimiterOptions['overrides'] = {}) {
  const counts = new Map<string, number>()
  const state = { now: START, down: false, asked: 0 }
  const evalsha = async (_sha: string, [key = '']: string[], args: unknown[]) => {
    state.asked++
    if (state.down) throw new StoreUnavailable('down')
    const count = (counts.get(key) ?? 0) + Number(args[2])
    counts.set(key, count)
    return [count, Number(args[0])]
  }
  const giveBack = async (_script: string, [key = '']: string[], [amount]: string[]) => {
    counts.set(key, amount === 'all' ? 0 : Math.max(0, (counts.get(key) ?? 0) - 1))
    return ['done']
  }
  const redis = { evalsha, eval: giveBack } as unknown as LimiterOptions['redis']
  const sleep = async (): Promise<void> => undefined
  const options = { redis, overrides, now: () => state.now, sleep, log: () => undefined }
  return { limiter: new StrictLimiter(options), state, counts }
}

const realNow = Date.now
test.beforeEach(() => {
  Date.now = () => START
})
test.afterEach(() => {
  Date.now = realNow
})

test('a strict policy is exact, remembers a denial, and closes in an outage', async () => {
  const { limiter, state } = setup({ signin: { limit: 2, windowSeconds: 60 } })
  const trips = new Trips(() => state.now)
  const count = () => limiter.count('signin', { key: 'a' }, trips)
  expect([(await count()).allowed, (await count()).allowed, (await count()).allowed]).toEqual([
    true,
    true,
    false,
  ])
  const asked = state.asked
  expect((await count()).allowed).toBe(false)
  expect(state.asked).toBe(asked)
  state.down = true
  await expect(limiter.count('signin', { key: 'b' }, trips)).rejects.toThrow(StoreUnavailable)
})

test('an account’s count is cleared by a success anywhere, never below zero', async () => {
  const { limiter, state, counts } = setup({ 'signin-account': { limit: 2, windowSeconds: 60 } })
  const trips = new Trips(() => state.now)
  const count = () => limiter.count('signin-account', { key: 'a' }, trips)
  const [first] = [await count(), await count()]
  expect((await count()).allowed).toBe(false)
  // Another isolate clears it: nothing that is remembered here stands in the way.
  for (const key of counts.keys()) counts.set(key, 0)
  expect((await count()).allowed).toBe(true)
  const counted = first === undefined ? [] : [{ decision: first, partition: { key: 'a' } }]
  for (let index = 0; index < 3; index++) await limiter.giveBack(counted, trips, 'one')
  expect([...counts.values()]).toEqual([0])
})

test('a denial is remembered unless the table says that a success clears the count', async () => {
  const one = { limit: 1, windowSeconds: 60 }
  const { limiter, state } = setup({ 'mail-account': one, 'signin-account': one })
  const trips = new Trips(() => state.now)
  for (const policy of ['mail-account', 'signin-account'] as const) {
    const count = () => limiter.count(policy, { key: 'a' }, trips)
    expect([(await count()).allowed, (await count()).allowed]).toEqual([true, false])
    const asked = state.asked
    expect((await count()).allowed).toBe(false)
    const { onSuccess } = POLICIES[policy]
    expect(state.asked - asked, policy).toBe(onSuccess === 'clears' ? 1 : 0)
  }
})

test('each limiter takes the policies of its mode, and only what a success clears is cleared', () => {
  // The compiler is the judge: it refuses a line below that it could take.
  // @ts-expect-error a strict policy is not counted in the background
  const hot: Parameters<HotLimiter['count']>[0] = 'signin'
  // @ts-expect-error a hot policy is not asked for every time
  const strict: Parameters<StrictLimiter['count']>[0] = 'user'
  // @ts-expect-error a mail that was sent is not forgotten
  const amount: GivenBack<'mail-account'> = 'all'
  const allowed: GivenBack<'signin-account'> = 'all'
  expect([hot, strict, amount]).toEqual(['signin', 'user', allowed])
})

test('all without an address share a bucket of ten times the limit', async () => {
  const { limiter, state } = setup({ signin: { limit: 2, windowSeconds: 60 } })
  const decision = await limiter.count('signin', 'shared', new Trips(() => state.now))
  expect(decision).toMatchObject({ limit: 20, remaining: 19 })
})

test('a store that does not answer is no yes, whatever the library makes of it', async () => {
  const evalsha = (): Promise<never> => new Promise(() => undefined)
  const sleep = async (): Promise<void> => undefined
  const redis = { evalsha, eval: evalsha } as unknown as LimiterOptions['redis']
  const limiter = new StrictLimiter({
    redis,
    overrides: {},
    now: () => START,
    sleep,
    log: () => undefined,
  })
  // The time of this request for the store is nearly used up.
  const trips = new Trips(() => START, { count: 0, commands: 0, milliseconds: 1_700 })
  await expect(limiter.count('signin', { key: 'a' }, trips)).rejects.toThrow(StoreUnavailable)
})

test('the headers are structured fields with every policy in one list', () => {
  const headers = new Headers()
  const decision = {
    allowed: true,
    limit: 10,
    windowSeconds: 60,
    remaining: 9,
    resetSeconds: 42,
    windowNumber: 1,
    remembered: false,
  }
  setQuotaHeaders(headers, [
    { policy: 'signin', ...decision },
    { policy: 'signin-account', ...decision, limit: 5, windowSeconds: 900, remaining: 4 },
  ])
  expect(headers.get('RateLimit-Policy')).toBe('"signin";q=10;w=60, "signin-account";q=5;w=900')
  expect(headers.get('RateLimit')).toBe('"signin";r=9;t=42, "signin-account";r=4;t=42')
})

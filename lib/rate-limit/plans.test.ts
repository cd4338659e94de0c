import { expect, test } from '@playwright/test'
import { type Plan, Plans } from './plans.ts'
import { PlansSeen } from './plans-seen.ts'

function plansOf(
  set: Record<string, Plan>,
  overrides: ConstructorParameters<typeof Plans>[1] = {},
) {
  const logged: string[] = []
  const plans = new Plans(new Map(Object.entries(set)), overrides, (_level, event) => {
    logged.push(event)
  })
  return { plans, logged }
}

test('the table has three plans, and a setting overrides whole rows of it', () => {
  const { plans } = plansOf({ free: { month: 5 }, team: { keys: 1 } })
  expect(plans.names).toEqual(['free', 'pro', 'unlimited', 'team'])
  expect(plans.of('free')).toMatchObject({ minute: undefined, month: 5, keys: undefined })
  expect(plans.of('pro')).toEqual({
    ...{ name: 'pro', month: 3_000_000, keys: 100, largestKey: 3_000 },
    minute: { limit: 3_000, windowSeconds: 60 },
  })
  expect(plans.of('unlimited')).toMatchObject({ minute: undefined, month: undefined })
})

test('rows of RATE_LIMITS are the limits of free, unless PLANS has a row for it', () => {
  const overrides = { user: { limit: 20, windowSeconds: 3_600 }, month: { limit: 7 } }
  const { plans } = plansOf({}, overrides)
  expect(plans.of(undefined)).toMatchObject({ minute: overrides.user, month: 7, keys: 10 })
  expect(plans.of('pro')).toMatchObject({ minute: { limit: 3_000 }, month: 3_000_000 })
  const own = plansOf({ free: { minute: 60 } }, overrides).plans.of('free')
  expect(own).toMatchObject({ minute: { limit: 60, windowSeconds: 60 }, month: undefined })
})

test('a plan that is not there is taken for free, and the log says so once', () => {
  const { plans, logged } = plansOf({})
  for (const name of ['gold', 'gold', '__proto__', 'constructor']) {
    expect(plans.of(name).name).toBe('free')
  }
  expect(logged).toEqual(['plan.unknown', 'plan.unknown', 'plan.unknown'])
})

test('what the store said after a token was made holds, and a token that is newer than that', () => {
  let now = 5_000
  const seen = new PlansSeen(() => now)
  expect(seen.latest({ sub: 'a', iat: 4 })).toBeUndefined()
  expect(seen.latest({ sub: 'a', plan: 'free', iat: 4 })).toBe('free')
  seen.note('a', 'pro')
  expect(seen.latest({ sub: 'a', plan: 'free', iat: 4 })).toBe('pro')
  expect(seen.latest({ sub: 'a', iat: 9 })).toBe('pro')
  now = 9_000
  expect(seen.latest({ sub: 'a', plan: 'team', iat: 6 })).toBe('team')
  expect(seen.latest({ sub: 'b', plan: 'free', iat: 4 })).toBe('free')
})

test('a key may have a thousand a minute, or as many as its owner’s plan', () => {
  const { plans } = plansOf({}, { user: { limit: 1_000_000, windowSeconds: 86_400 } })
  expect(plans.of('free').largestKey).toBe(1_000)
  expect(plans.of('pro').largestKey).toBe(3_000)
  expect(plans.of('unlimited').largestKey).toBe(Number.POSITIVE_INFINITY)
  const more = plansOf({}, { user: { limit: 3_000, windowSeconds: 60 } }).plans
  expect(more.of('free').largestKey).toBe(3_000)
})

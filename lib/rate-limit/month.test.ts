import { expect, test } from '@playwright/test'
import {
  admitted,
  type IsolateRig,
  type Isolates,
  startIsolates,
} from '../../test/support/isolates.ts'
import type { Decision } from './types.ts'

/** Some days into a month of thirty days. */
const START = Date.UTC(2026, 10, 10)
const MONTH_SECONDS = 30 * 86_400

let rig: IsolateRig
test.beforeAll(async () => {
  rig = await startIsolates(START)
})
test.afterAll(() => rig.close())
test.beforeEach(() => rig.command('FLUSHALL'))

/** Many calls at once take their time where the machine is busy: that is no outage. */
function several(count: number): Isolates {
  const isolates = rig.isolates(count, {})
  isolates.deadlineMs = 100_000
  return isolates
}

const ask = (isolates: Isolates, isolate: number, limit: number): Promise<Decision | undefined> =>
  isolates.ask(isolate, 'month', 'a', true, limit)

/** How many pass, of many requests that come to all isolates at once and then go on coming. */
async function crowd(
  isolates: Isolates,
  { count, limit, atOnce, wayMs }: { count: number; limit: number; atOnce: number; wayMs: number },
): Promise<number> {
  isolates.wayMs = wayMs
  const asked: Promise<Decision | undefined>[] = []
  for (let index = 0; index < count; index++) {
    asked.push(ask(isolates, index % isolates.limiters.length, limit))
    if (index % atOnce === 0) await isolates.pass(5)
  }
  await isolates.pass(2_000)
  return admitted(await Promise.all(asked))
}

for (const [how, { limit, atOnce, wayMs }] of Object.entries({
  'requests that come one after the other': { limit: 600, atOnce: 1, wayMs: 2 },
  'requests that come by fifties': { limit: 1_000, atOnce: 50, wayMs: 25 },
  'requests that come all at once': { limit: 500, atOnce: 100_000, wayMs: 25 },
})) {
  test(`four isolates at once admit a hundredth of a month too much each, at most: ${how}`, async () => {
    const isolates = several(4)
    const passed = await crowd(isolates, { count: limit * 2, limit, atOnce, wayMs })
    expect(passed).toBeGreaterThanOrEqual(limit)
    expect(passed).toBeLessThanOrEqual(limit + 4 * Math.floor(limit / 100))
    expect(await rig.counted('month')).toEqual([passed])
    const before = isolates.calls.length
    expect(await ask(isolates, 0, limit)).toMatchObject({ allowed: false, remaining: 0 })
    expect(isolates.calls, 'a denial asks nobody').toHaveLength(before)
  })
}

test('a large month admits a thousand too much in each isolate, at most', async () => {
  const limit = 3_000_000
  const isolates = several(4)
  await ask(isolates, 0, limit)
  await rig.command('SET', isolates.calls[0]?.keys[0] ?? '', String(limit - 10))
  for (const isolate of [1, 2, 3]) await ask(isolates, isolate, limit)
  isolates.wayMs = 1_000
  const asked = Array.from({ length: 6_000 }, (_, index) => ask(isolates, index % 4, limit))
  await isolates.pass(10_000)
  expect(admitted(await Promise.all(asked))).toBeLessThanOrEqual(10 + 4_000)
})

test('a small month is exact, however many isolates there are', async () => {
  const isolates = several(4)
  expect(await crowd(isolates, { count: 200, limit: 50, atOnce: 200, wayMs: 25 })).toBe(50)
  expect(await rig.counted('month')).toEqual([50])
})

test('an isolate alone admits the limit, tells it in the calls of the other quotas, and waits once', async () => {
  const isolates = several(1)
  const first = await ask(isolates, 0, 400)
  expect(first).toMatchObject({ limit: 400, remaining: 399, windowSeconds: MONTH_SECONDS })
  expect(first?.resetSeconds).toBe((Date.UTC(2026, 11, 1) - isolates.now) / 1_000)
  await isolates.ask(0, 'user', 'a', true, 100_000)
  const before = isolates.calls.length
  let passed = 1
  for (let index = 0; index < 420; index++) {
    if ((await ask(isolates, 0, 400))?.allowed) passed++
    if (index < 250) await isolates.ask(0, 'user', 'a', true, 100_000)
    await isolates.pass(200)
  }
  expect(passed).toBe(400)
  expect(isolates.calls.slice(before).every(({ isTelling }) => isTelling)).toBe(true)
  // Both are told in one call, four times a second at most: two calls would be 200 more.
  expect(isolates.calls.length - before).toBeLessThan(84 * 4 + 10)
  const left = Number(await rig.command('PTTL', isolates.calls[0]?.keys[0] ?? ''))
  expect(left).toBeGreaterThan(29 * 86_400_000)
})

test('the next month begins at nothing, at midnight UTC', async () => {
  const isolates = several(1)
  for (let index = 0; index < 3; index++) await ask(isolates, 0, 2)
  const denied = await ask(isolates, 0, 2)
  expect(denied).toMatchObject({ allowed: false })
  await isolates.pass((denied?.resetSeconds ?? 0) * 1_000 - 1)
  expect(await ask(isolates, 0, 2)).toMatchObject({ allowed: false, resetSeconds: 1 })
  await isolates.pass(1)
  const next = await ask(isolates, 0, 2)
  expect(next).toMatchObject({ allowed: true, remaining: 1, windowSeconds: 31 * 86_400 })
})

test('another plan holds with the next request, up and down', async () => {
  const isolates = several(1)
  for (let index = 0; index < 3; index++) await ask(isolates, 0, 2)
  expect(await ask(isolates, 0, 300)).toMatchObject({ allowed: true, remaining: 297 })
  expect(await ask(isolates, 0, 2)).toMatchObject({ allowed: false })
  expect(await isolates.ask(0, 'user', 'a', true, 2)).toMatchObject({ remaining: 1 })
  expect(await isolates.ask(0, 'user', 'a', true, 9)).toMatchObject({ remaining: 7 })
})

test('while the store is away a month goes on small, as a minute does, and says when it opens again', async () => {
  const isolates = several(1)
  isolates.fault = 'refuse'
  const alone = await Promise.all(Array.from({ length: 40 }, () => ask(isolates, 0, 1_000)))
  expect(admitted(alone)).toBe(30)
  expect(alone.at(-1)?.resetSeconds).toBeLessThanOrEqual(60)
  await isolates.pass(60_000)
  expect(await ask(isolates, 0, 1_000)).toMatchObject({ allowed: true })
  isolates.fault = 'none'
  await isolates.pass(2_000)
  expect(await ask(isolates, 0, 1_000)).toMatchObject({ allowed: true, remaining: 999 })
})

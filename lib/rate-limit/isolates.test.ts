import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { admitted, type IsolateRig, startIsolates } from '../../test/support/isolates.ts'
import type { Decision } from './types.ts'

/** A minute begins here. */
const START = 1_790_000_040_000

let rig: IsolateRig
test.beforeAll(async () => {
  rig = await startIsolates(START)
})
test.afterAll(() => rig.close())
test.beforeEach(() => rig.command('FLUSHALL'))

/** Requests as they come to several isolates in one window. */
interface Crowd {
  isolates: number
  limit: number
  windowSeconds: number
  /** How many requests come, in limits. */
  times: number
  wayMs: number
  /** In milliseconds; the whole window, if absent. */
  within?: number
  /** Which isolate gets the request of a number. */
  to: (index: number) => number
}

async function admittedOf(crowd: Crowd): Promise<{ passed: number; calls: number }> {
  const { limit, windowSeconds, within = windowSeconds * 1_000 } = crowd
  const isolates = rig.isolates(crowd.isolates, { user: { limit, windowSeconds } })
  isolates.wayMs = crowd.wayMs
  const asked: Promise<Decision | undefined>[] = []
  const count = crowd.times * limit
  for (let index = 0; index < count; index++) {
    asked.push(isolates.ask(crowd.to(index), 'user', 'a'))
    await isolates.pass(within / count)
  }
  await isolates.pass(1_000)
  return { passed: admitted(await Promise.all(asked)), calls: isolates.calls.length }
}

/** The same numbers in every run. */
function randomly(most: number): Crowd['to'] {
  let state = 7
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return Math.floor((state / 4_294_967_296) * most)
  }
}

function mostly(isolate: number, others: Crowd['to']): Crowd['to'] {
  return (index) => (index % 4 === 0 ? others(index) : isolate)
}

for (const [how, crowd] of Object.entries<Crowd>({
  'two isolates, in turn': {
    isolates: 2,
    limit: 60,
    windowSeconds: 60,
    times: 10,
    wayMs: 2,
    to: (index) => index % 2,
  },
  'four isolates, at random, ten times the limit': {
    isolates: 4,
    limit: 60,
    windowSeconds: 60,
    times: 10,
    wayMs: 25,
    to: randomly(4),
  },
  'four isolates, a short window': {
    isolates: 4,
    limit: 60,
    windowSeconds: 2,
    times: 3,
    wayMs: 2,
    to: (index) => index % 4,
  },
  'eight isolates, one of them with most': {
    isolates: 8,
    limit: 120,
    windowSeconds: 10,
    times: 5,
    wayMs: 25,
    to: mostly(0, randomly(8)),
  },
  'eight isolates, in a hurry': {
    isolates: 8,
    limit: 200,
    windowSeconds: 2,
    times: 6,
    wayMs: 2,
    to: randomly(8),
  },
  'sixteen isolates, a large limit': {
    isolates: 16,
    limit: 600,
    windowSeconds: 60,
    times: 3,
    wayMs: 10,
    to: randomly(16),
  },
})) {
  test(`over-admission, spread over the window: ${how}: half the limit at most`, async () => {
    const { passed, calls } = await admittedOf(crowd)
    expect(passed).toBeGreaterThanOrEqual(crowd.limit)
    expect(passed, `${calls} calls`).toBeLessThanOrEqual(1.5 * crowd.limit)
  })
}

test('over-admission, all at once: each isolate admits the limit at most', async () => {
  const { passed } = await admittedOf({
    isolates: 4,
    limit: 60,
    windowSeconds: 60,
    times: 12,
    wayMs: 50,
    within: 1,
    to: (index) => index % 4,
  })
  expect(passed).toBeGreaterThanOrEqual(60)
  expect(passed).toBeLessThanOrEqual(4 * 60)
})

test('no isolate admits less than the limit of requests that came to it alone', async () => {
  const { passed } = await admittedOf({
    isolates: 1,
    limit: 60,
    windowSeconds: 10,
    times: 4,
    wayMs: 25,
    to: () => 0,
  })
  expect(passed).toBe(60)
})

test('what isolates admit is what the store has counted, whatever fails in between: nothing is lost, nothing is twice', async () => {
  const steps = fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('ask' as const),
          isolate: fc.nat({ max: 2 }),
          partition: fc.constantFrom('a', 'b', 'c'),
          times: fc.integer({ min: 1, max: 9 }),
          wait: fc.boolean(),
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('pass' as const),
          ms: fc.constantFrom(1, 20, 100, 250, 1_000, 5_000),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('fault' as const),
          fault: fc.constantFrom('none' as const, 'refuse' as const, 'lose' as const),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const) }) },
    ),
    { minLength: 5, maxLength: 40 },
  )
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(0, 5, 60), async (sequence, wayMs) => {
      await rig.command('FLUSHALL')
      // A long window: nothing of it is given up.
      const isolates = rig.isolates(3, { anonymous: { limit: 30, windowSeconds: 3_600 } })
      isolates.wayMs = wayMs
      const asked: Promise<Decision | undefined>[] = []
      for (const step of sequence) {
        if (step.do === 'pass') await isolates.pass(step.ms)
        else if (step.do === 'fault') isolates.fault = step.fault
        else if (step.do === 'end') {
          isolates.endRequests()
        } else {
          for (let index = 0; index < step.times; index++) {
            asked.push(isolates.ask(step.isolate, 'anonymous', step.partition, step.wait))
          }
        }
      }
      isolates.fault = 'none'
      await isolates.pass(10_000)
      for (const isolate of [0, 1, 2]) {
        asked.push(isolates.ask(isolate, 'anonymous', 'last'))
        asked.push(isolates.ask(isolate, 'anonymous', 'last'))
      }
      await isolates.pass(10_000)
      const decisions = await Promise.all(asked)
      const stored = (await rig.counted('anonymous', '*')).reduce((sum, count) => sum + count, 0)
      // The first request of a window counts itself, whether it is admitted or not.
      const { counted: countedFirst, admitted: admittedFirst } = isolates.firsts
      expect(stored - countedFirst).toBe(admitted(decisions) - admittedFirst)
      expect(isolates.logged.filter(({ count }) => count !== undefined)).toEqual([])
    }),
    { numRuns: 60 },
  )
})

import { expect, test } from '@playwright/test'
import { Usage, type Used } from './usage.ts'

const START = Date.UTC(2026, 10, 26, 14)

/** A store that counts by number what it is told, and can fail. */
function setup() {
  const state = { now: START, fault: 'none' as 'none' | 'refuse' | 'lose', calls: 0 }
  const told = new Map<string, number>()
  const counts = new Map<string, number>()
  const logged: { event: string; [field: string]: unknown }[] = []
  const timers: { at: number; wake: () => void }[] = []
  const evaluate = async (_text: string, keys: string[], args: string[]): Promise<unknown> => {
    state.calls++
    if (state.fault === 'refuse') throw new Error('refused')
    const [toldKey = ''] = keys
    const number = Number(args[0])
    if ((told.get(toldKey) ?? 0) < number) {
      told.set(toldKey, number)
      const [hours, , subjects, owners, fields] = args.slice(5, 11).map(Number)
      const lists = args.slice(11)
      const at = (subjects ?? 0) + (owners ?? 0)
      for (let index = 0; index < (fields ?? 0); index++) {
        const owner = Number(lists[(subjects ?? 0) + index])
        const name = `${keys[3 + owner]} ${lists[at + index]}`
        counts.set(name, (counts.get(name) ?? 0) + Number(lists[at + (fields ?? 0) + index]))
      }
      expect(hours).toBe(subjects)
    }
    if (state.fault === 'lose') throw new Error('lost')
    return ['told']
  }
  const usage = new Usage({
    redis: { eval: evaluate } as never,
    now: () => state.now,
    sleep: (milliseconds) =>
      new Promise((wake) => timers.push({ at: state.now + milliseconds, wake })),
    log: (_level, event, fields) => logged.push({ event, ...fields }),
    randomId: () => 'isolate',
  })
  const count = (more: Partial<Used> = {}): void =>
    usage.count(
      { subject: 'a', key: undefined, operation: 'GET /api/x', status: 200, ...more },
      () => undefined,
    )
  /** Waits until nothing more happens without time. */
  const quiet = async (): Promise<void> => {
    let calls: number
    do {
      calls = state.calls
      await new Promise((resolve) => setImmediate(resolve))
    } while (state.calls !== calls)
  }
  const pass = async (milliseconds: number): Promise<void> => {
    const end = state.now + milliseconds
    for (;;) {
      await quiet()
      timers.sort((one, other) => one.at - other.at)
      const next = timers[0]
      if (next === undefined || next.at > end) break
      timers.shift()
      state.now = next.at
      next.wake()
    }
    state.now = end
  }
  return { state, counts, logged, count, pass }
}

test('all of a quarter of a second is told in one call: totals, operations, API keys', async () => {
  const { state, counts, count, pass } = setup()
  count()
  count({ status: 404 })
  count({ key: 'k', status: 429 })
  count({ subject: 'b', operation: 'GET /api/y' })
  await pass(250)
  expect(state.calls).toBe(1)
  expect(Object.fromEntries(counts)).toEqual({
    'usage:a:2026-11-26 14 r': 3,
    'usage:a:2026-11-26 14 r GET /api/x': 3,
    'usage:a:2026-11-26 14 e': 1,
    'usage:a:2026-11-26 14 e GET /api/x': 1,
    'usage:a:2026-11-26 14 d': 1,
    'usage:a:2026-11-26 14 d GET /api/x': 1,
    'usage:a:2026-11-26 14 r key:k': 1,
    'usage:a:2026-11-26 14 d key:k': 1,
    'usage:b:2026-11-26 14 r': 1,
    'usage:b:2026-11-26 14 r GET /api/y': 1,
  })
})

for (const fault of ['refuse', 'lose'] as const) {
  test(`what is told to a store that does ${fault} the answer is counted once`, async () => {
    const { state, counts, logged, count, pass } = setup()
    count()
    state.fault = fault
    await pass(300)
    count()
    await pass(300)
    state.fault = 'none'
    await pass(5_000)
    expect(counts.get('usage:a:2026-11-26 14 r')).toBe(2)
    expect(logged.length).toBeGreaterThan(0)
    expect(logged.every(({ event }) => event === 'usage.not-told')).toBe(true)
  })
}

test('a request counts in the hour and the day in which it was answered', async () => {
  const { state, counts, count, pass } = setup()
  state.now = Date.UTC(2026, 10, 26, 23, 59, 59, 900)
  count()
  await pass(100)
  count()
  await pass(1_000)
  expect(counts.get('usage:a:2026-11-26 23 r')).toBe(1)
  expect(counts.get('usage:a:2026-11-27 00 r')).toBe(1)
})

test('while the store is away memory is bounded, and the log says what was lost', async () => {
  const { state, counts, logged, count, pass } = setup()
  state.fault = 'refuse'
  count()
  await pass(10_000)
  for (let user = 0; user < 11_000; user++) count({ subject: `u${user}` })
  const lost = logged.filter(({ event }) => event === 'usage.not-counted').length
  expect(lost).toBe(1_000)
  state.fault = 'none'
  count({ subject: 'u10999' })
  await pass(60_000)
  const kept = [...counts.keys()].filter((name) => name.endsWith('14 r')).length
  expect(kept).toBe(10_001)
})

import { expect, test } from '@playwright/test'
import { Trips } from '../store/client/trips.ts'
import { type Counted, Metrics } from './metrics.ts'
import { metricsText } from './metrics-text.ts'

const START = 1_790_000_000_000
const READ: Counted = {
  operation: 'GET /api/stars/{id}',
  status: 200,
  milliseconds: 7.4,
  denied: [],
  spent: { count: 1, commands: 3, failures: 0 },
}

/** A store that adds up what it is told, and can fail; timers that go when a test lets them. */
function setup() {
  const state = { now: START, down: false, commands: 0, logged: 0 }
  const store = new Map<string, number>()
  const timers: (() => void)[] = []
  const send = async (fields: string[]) => {
    state.commands++
    if (state.down) throw new TypeError('down')
    for (let index = 0; index < fields.length; index += 2) {
      const field = fields[index] ?? ''
      store.set(field, (store.get(field) ?? 0) + Number(fields[index + 1]))
    }
    return [...store].flat()
  }
  const metrics = new Metrics({
    redis: {
      eval: (_script: string, _keys: string[], [, ...counts]: string[]) => send(counts),
    } as unknown as ConstructorParameters<typeof Metrics>[0]['redis'],
    now: () => state.now,
    sleep: () => new Promise((resolve) => timers.push(() => resolve())),
    log: () => void state.logged++,
  })
  const behind: Promise<unknown>[] = []
  const count = (counted: Partial<Counted> = {}) =>
    metrics.count({ ...READ, ...counted }, (work) => behind.push(work))
  const ring = async () => {
    for (const go of timers.splice(0)) go()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { state, store, metrics, send, count, ring, timers, behind }
}

test('requests of a while are told in one command, behind the answers', async () => {
  const { state, store, count, ring, timers, behind } = setup()
  for (let index = 0; index < 100; index++) count()
  expect([state.commands, timers.length, behind.length]).toEqual([0, 1, 0])
  await ring()
  expect(state.commands).toBe(1)
  expect(Object.fromEntries(store)).toEqual({
    'requests|GET /api/stars/{id}|200': 100,
    'bucket|GET /api/stars/{id}|0': 100,
    'ms|GET /api/stars/{id}': 700,
    trips: 100,
    commands: 300,
  })
  count()
  await ring()
  expect(store.get('requests|GET /api/stars/{id}|200')).toBe(101)
})

test('where the timer ended with its request, a later one tells; none is counted twice', async () => {
  const { state, store, count, timers, behind } = setup()
  count()
  timers.length = 0
  state.now += 20_000
  count()
  expect(behind).toHaveLength(0)
  state.now += 1
  count()
  await Promise.all(behind)
  expect([state.commands, store.get('trips')]).toEqual([1, 3])
})

test('what the store did not take is told later', async () => {
  const { state, store, count, ring } = setup()
  state.down = true
  count()
  await ring()
  expect([state.commands, state.logged, store.size]).toEqual([1, 1, 0])
  state.down = false
  count()
  await ring()
  expect(store.get('trips')).toBe(2)
})

test('who reads tells first, so that no counter goes back', async () => {
  const { metrics, send, count, store } = setup()
  count()
  expect(await metrics.tell(send)).toContain('requests|GET /api/stars/{id}|200')
  expect(await metrics.tell(send)).toEqual([...store].flat())
})

test('a failed call to the store is counted where it was waited for', async () => {
  const trips = new Trips(() => START)
  await trips.run(1, async () => 'good')
  await expect(trips.run(1, () => Promise.reject(new Error('gone')))).rejects.toThrow('call failed')
  expect(trips).toMatchObject({ count: 2, commands: 2, failures: 1 })
})

test('the text is as Prometheus reads it', async () => {
  const { metrics, send, count } = setup()
  count()
  count({ milliseconds: 30 })
  count({ milliseconds: 60_000, status: 503, spent: { count: 1, commands: 1, failures: 1 } })
  count({ operation: 'POST /api/auth/signin' })
  count({ operation: 'POST /api/auth/login', status: 401 })
  count({ operation: undefined, status: 429, denied: ['anonymous', 'write'], spent: undefined })
  const text = metricsText([...(await metrics.tell(send)), 'typed|by|hand', '1'])
  expect(text).toBe(`# HELP usher_requests_total Requests answered, by operation and status.
# TYPE usher_requests_total counter
usher_requests_total{operation="GET /api/stars/{id}",status="200"} 2
usher_requests_total{operation="GET /api/stars/{id}",status="503"} 1
usher_requests_total{operation="POST /api/auth/signin",status="200"} 1
usher_requests_total{operation="POST /api/auth/login",status="401"} 1
usher_requests_total{operation="none",status="429"} 1
# HELP usher_request_duration_seconds Time from the first stop to the answer.
# TYPE usher_request_duration_seconds histogram
${['GET /api/stars/{id}', 'POST /api/auth/signin', 'POST /api/auth/login', 'none']
  .map((operation, index) => {
    const [fast, middle, all, sum] = index === 0 ? [1, 2, 3, 60.037] : [1, 1, 1, 0.007]
    const ends = ['0.01', '0.05', '0.25', '1', '5', '+Inf']
    const counts = [fast, middle, middle, middle, middle, all]
    const name = 'usher_request_duration_seconds'
    return [
      ...ends.map((le, at) => `${name}_bucket{operation="${operation}",le="${le}"} ${counts[at]}`),
      `${name}_sum{operation="${operation}"} ${sum}`,
      `${name}_count{operation="${operation}"} ${all}`,
    ].join('\n')
  })
  .join('\n')}
# HELP usher_quota_denied_total Requests denied, by policy.
# TYPE usher_quota_denied_total counter
usher_quota_denied_total{policy="anonymous"} 1
usher_quota_denied_total{policy="write"} 1
# HELP usher_signins_total Sign-ins with a password, by result.
# TYPE usher_signins_total counter
usher_signins_total{result="succeeded"} 1
usher_signins_total{result="failed"} 1
# HELP usher_store_trips_total Round trips to the store that requests waited for.
# TYPE usher_store_trips_total counter
usher_store_trips_total 5
# HELP usher_store_commands_total Commands of these round trips.
# TYPE usher_store_commands_total counter
usher_store_commands_total 13
# HELP usher_store_failures_total Calls to the store that failed, of those.
# TYPE usher_store_failures_total counter
usher_store_failures_total 1
`)
})

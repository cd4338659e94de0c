import { expect, test } from '@playwright/test'
import { admitted, type IsolateRig, startIsolates } from '../../test/support/isolates.ts'
import { Trips } from '../store/client/trips.ts'

/** A minute begins here. */
const START = 1_790_000_040_000

let rig: IsolateRig
test.beforeAll(async () => {
  rig = await startIsolates(START)
})
test.afterAll(() => rig.close())
test.beforeEach(() => rig.command('FLUSHALL'))

test('a burst asks once, is told once, and is denied from memory beyond the limit', async () => {
  const isolates = rig.isolates(1, { user: { limit: 5, windowSeconds: 60 } })
  const burst = await Promise.all(Array.from({ length: 8 }, () => isolates.ask(0, 'user', 'a')))
  expect(admitted(burst)).toBe(5)
  await isolates.pass(250)
  expect(await rig.counted()).toEqual([5])
  const before = isolates.calls.length
  expect(await isolates.ask(0, 'user', 'a')).toMatchObject({
    allowed: false,
    remaining: 0,
    limit: 5,
  })
  await isolates.pass(1_000)
  expect(isolates.calls).toHaveLength(before)
})

test('what counts as several requests counts as all of them or as none, of each quota', async () => {
  const isolates = rig.isolates(1, {
    user: { limit: 10, windowSeconds: 60 },
    key: { limit: 100, windowSeconds: 60 },
    anonymous: { limit: 10, windowSeconds: 60 },
  })
  const [limiter] = isolates.limiters
  if (limiter === undefined) throw new TypeError('no isolate')
  const trips = new Trips(() => isolates.now)
  const later = (): void => undefined
  const wanted = (['user', 'key'] as const).map((policy) => ({ policy, partition: { key: 'a' } }))
  const from = { key: 'a', wider: 'b' }
  for (const [times, allowed, left] of [
    [4, true, 6],
    [7, false, 6],
    [6, true, 0],
    [1, false, 0],
  ] as const) {
    const all = await limiter.countAll(wanted, trips, later, times)
    const stranger = await limiter.count('anonymous', from, trips, later, { wait: true, times })
    expect(all, `${times}`).toMatchObject([{ allowed, remaining: left }, { remaining: 90 + left }])
    expect(stranger, `${times}`).toMatchObject({ allowed, remaining: left })
  }
  await isolates.pass(500)
  for (const policy of ['user', 'key', 'anonymous']) {
    expect(await rig.counted(policy), policy).toEqual([10])
  }
})

test('of requests that come at once those that one quota denies use nothing of the others', async () => {
  const isolates = rig.isolates(1, { user: { limit: 5, windowSeconds: 60 } })
  const [limiter] = isolates.limiters
  if (limiter === undefined) throw new TypeError('no isolate')
  const trips = new Trips(() => isolates.now)
  const wanted = [
    { policy: 'user' as const, partition: { key: 'a' } },
    { policy: 'month' as const, partition: { key: 'a' }, limit: Number.POSITIVE_INFINITY },
  ]
  const asked = Array.from({ length: 8 }, () => limiter.countAll(wanted, trips, () => undefined))
  const decisions = (await Promise.all(asked)).flat()
  expect(admitted(decisions)).toBe(5)
  await isolates.pass(500)
  expect(await rig.counted('month')).toEqual([5])
})

test('what an isolate admits of all partitions and policies is told in one call, into the keys of the library', async () => {
  const isolates = rig.isolates(1, {})
  const askAll = async (): Promise<void> => {
    for (let user = 0; user < 100; user++) {
      await isolates.ask(0, 'user', `u${user}`)
      await isolates.ask(0, 'key', `u${user}`)
    }
  }
  await askAll()
  const before = isolates.calls.length
  await askAll()
  await askAll()
  await isolates.pass(250)
  expect(isolates.calls).toHaveLength(before + 1)
  for (const policy of ['user', 'key']) {
    expect(await rig.counted(policy, 'u*'), policy).toEqual(Array(100).fill(3))
  }
})

test('more than two hundred windows are told in parts', async () => {
  const isolates = rig.isolates(1, {})
  const askAll = async (): Promise<void> => {
    for (let user = 0; user < 450; user++) await isolates.ask(0, 'user', `u${user}`)
  }
  await askAll()
  const before = isolates.calls.length
  await askAll()
  await isolates.pass(250)
  const sizes = isolates.calls.slice(before).map(({ keys }) => keys.length - 1)
  expect(sizes).toEqual([200, 200, 50])
  expect(await rig.counted('user', 'u*')).toEqual(Array(450).fill(2))
})

test('a key that only a telling has made goes away with its window, as the library’s', async () => {
  const isolates = rig.isolates(1, {})
  await isolates.ask(0, 'user', 'a')
  await rig.command('DEL', ...isolates.calls.flatMap(({ keys }) => keys))
  await isolates.ask(0, 'user', 'a')
  await isolates.pass(250)
  expect(await rig.counted()).toEqual([1])
  for (const key of isolates.calls.at(-1)?.keys.slice(1) ?? []) {
    const left = Number(await rig.command('PTTL', key))
    expect(left).toBeGreaterThan(50_000)
    expect(left).toBeLessThanOrEqual(60_000)
  }
})

test('a key that holds no number is counted for nobody, and holds nobody up', async () => {
  const isolates = rig.isolates(1, {})
  await isolates.ask(0, 'user', 'a')
  await isolates.ask(0, 'user', 'b')
  const [first = ''] = isolates.calls.at(-2)?.keys ?? []
  await rig.command('SET', first, 'a word')
  await isolates.ask(0, 'user', 'a')
  await isolates.ask(0, 'user', 'b')
  await isolates.pass(250)
  expect(await rig.counted('user', 'b')).toEqual([2])
  expect(isolates.logged).toEqual([{ event: 'quota.not-counted', count: 1 }])
})

test('an allowed request does not wait for the telling, nor for one that hangs', async () => {
  const isolates = rig.isolates(1, { user: { limit: 40, windowSeconds: 60 } })
  await isolates.ask(0, 'user', 'a')
  isolates.wayMs = 1_000_000
  for (let index = 0; index < 39; index++) {
    expect(await isolates.ask(0, 'user', 'a')).toMatchObject({ allowed: true })
  }
  expect(await isolates.ask(0, 'user', 'a')).toMatchObject({ allowed: false })
})

test('timers and calls that ended with their request are taken over by the next', async () => {
  const isolates = rig.isolates(1, {})
  await isolates.ask(0, 'user', 'a')
  await isolates.ask(0, 'user', 'a')
  isolates.endRequests()
  await isolates.pass(1_250)
  expect(await rig.counted()).toEqual([1])
  isolates.wayMs = 10
  await isolates.ask(0, 'user', 'a')
  // On its way, and executed; its answer reaches nobody.
  await isolates.pass(260)
  expect(await rig.counted()).toEqual([3])
  isolates.endRequests()
  await isolates.pass(3_000)
  await isolates.ask(0, 'user', 'a')
  await isolates.pass(300)
  expect(await rig.counted()).toEqual([4])
})

test('what other isolates counted is learned from the next telling', async () => {
  const isolates = rig.isolates(2, { user: { limit: 10, windowSeconds: 60 } })
  await isolates.ask(0, 'user', 'a')
  for (let index = 0; index < 8; index++) await isolates.ask(1, 'user', 'a')
  await isolates.pass(250)
  expect(await isolates.ask(0, 'user', 'a')).toMatchObject({ allowed: true })
  await isolates.pass(250)
  expect(await isolates.ask(0, 'user', 'a')).toMatchObject({ allowed: false })
})

test('a window that ended meanwhile is told as itself, and the next one begins at nothing', async () => {
  const isolates = rig.isolates(1, {})
  await isolates.pass(59_800)
  await isolates.ask(0, 'user', 'a')
  await isolates.ask(0, 'user', 'a')
  await isolates.pass(210)
  expect(await isolates.ask(0, 'user', 'a')).toMatchObject({ allowed: true, remaining: 599 })
  await isolates.pass(250)
  expect(await rig.counted()).toEqual([2, 1])
})

test('a telling that failed is repeated while its window lasts, and a lost answer counts nothing twice', async () => {
  for (const fault of ['refuse', 'lose'] as const) {
    const isolates = rig.isolates(1, {})
    await isolates.ask(0, 'user', fault)
    await isolates.ask(0, 'user', fault)
    isolates.fault = fault
    await isolates.pass(250)
    await isolates.ask(0, 'user', fault)
    isolates.fault = 'none'
    await isolates.pass(2_000)
    expect(await rig.counted('user', fault), fault).toEqual([3])
    expect(isolates.logged, fault).toEqual([{ event: 'quota.not-told', windows: 1 }])
  }
})

for (const fault of ['refuse', 'lose'] as const) {
  test(`a telling that reaches the store late, after others: ${fault}: changes nothing of what came of them`, async () => {
    const isolates = rig.isolates(1, {})
    await isolates.ask(0, 'user', 'a')
    await isolates.ask(0, 'user', 'a')
    isolates.wayMs = 4_500
    // The first telling leaves, and is given up for lost; the next request repeats it, and tells its own.
    await isolates.pass(3_300)
    isolates.wayMs = 0
    await isolates.ask(0, 'user', 'a')
    await isolates.pass(700)
    expect(await rig.counted()).toEqual([3])
    await isolates.ask(0, 'user', 'a')
    isolates.fault = fault
    await isolates.pass(300)
    isolates.fault = 'none'
    // Before the third telling is repeated, the first arrives.
    await isolates.pass(600)
    expect(isolates.calls.at(-1)?.at).toBe(isolates.now - 150)
    await isolates.pass(5_000)
    expect(await rig.counted()).toEqual([4])
  })
}

test('a request that told late finds that another has told the rest', async () => {
  const isolates = rig.isolates(1, {})
  for (const _round of [1, 2]) {
    for (let user = 0; user < 201; user++) await isolates.ask(0, 'user', `u${user}`)
  }
  isolates.wayMs = 4_000
  await isolates.pass(3_300)
  isolates.wayMs = 0
  await isolates.ask(0, 'user', 'u0')
  await isolates.pass(3_000)
  expect(await rig.counted('user', 'u*')).toEqual([3, ...Array(200).fill(2)])
})

test('what is admitted while a telling is on its way is not counted twice, nor forgotten, in memory', async () => {
  const isolates = rig.isolates(2, { user: { limit: 100, windowSeconds: 60 } })
  await isolates.ask(0, 'user', 'a')
  for (let index = 0; index < 5; index++) await isolates.ask(1, 'user', 'a')
  await isolates.pass(250)
  await isolates.ask(0, 'user', 'a')
  isolates.wayMs = 20
  await isolates.pass(260)
  await isolates.ask(0, 'user', 'a')
  await isolates.pass(40)
  // Six of before, and two of here; the next is the ninth.
  expect(await isolates.ask(0, 'user', 'a')).toMatchObject({ remaining: 91 })
})

test('what passes beside the first request of a window is known when that one is answered', async () => {
  const isolates = rig.isolates(2, { anonymous: { limit: 10, windowSeconds: 60 } })
  for (let index = 0; index < 6; index++) await isolates.ask(1, 'anonymous', 'a')
  await isolates.pass(250)
  isolates.wayMs = 10
  const first = isolates.ask(0, 'anonymous', 'a')
  await isolates.ask(0, 'anonymous', 'a', false)
  await isolates.pass(30)
  expect(await first).toMatchObject({ allowed: true, remaining: 2 })
})

test('after three tries it waits for the next request, and after its window it is given up', async () => {
  const isolates = rig.isolates(1, {})
  await isolates.ask(0, 'user', 'a')
  await isolates.ask(0, 'user', 'b')
  await isolates.ask(0, 'user', 'a')
  isolates.fault = 'refuse'
  await isolates.pass(10_000)
  expect(isolates.logged).toHaveLength(3)
  isolates.fault = 'none'
  await isolates.pass(10_000)
  expect(await rig.counted()).toEqual([1])
  await isolates.ask(0, 'user', 'b')
  await isolates.pass(250)
  expect(await rig.counted()).toEqual([2])

  await isolates.ask(0, 'user', 'a')
  isolates.fault = 'refuse'
  await isolates.pass(60_000)
  isolates.fault = 'none'
  await isolates.ask(0, 'user', 'b')
  isolates.fault = 'refuse'
  await isolates.ask(0, 'user', 'b')
  await isolates.pass(250)
  expect(isolates.logged).toContainEqual({ event: 'quota.not-counted', count: 1 })
  isolates.fault = 'none'
  await isolates.pass(1_000)
  expect(await rig.counted()).toEqual([2])
  expect(await rig.counted('user', 'b')).toEqual([2, 2])
})

test('a telling that the store may have forgotten is not told again', async () => {
  const isolates = rig.isolates(1, { user: { limit: 600, windowSeconds: 86_400 } })
  await isolates.ask(0, 'user', 'a')
  await isolates.ask(0, 'user', 'a')
  isolates.fault = 'lose'
  await isolates.pass(20_000)
  isolates.fault = 'none'
  await isolates.pass(3_600_000)
  for (const key of isolates.calls.at(-1)?.keys.slice(0, 1) ?? []) await rig.command('DEL', key)
  await isolates.ask(0, 'user', 'a')
  await isolates.pass(250)
  expect(await rig.counted()).toEqual([3])
  expect(isolates.logged.at(-1)).toEqual({ event: 'quota.not-counted', count: 1 })
})

test('an open window stays open through an outage; without one, user goes on small and anonymous closes', async () => {
  const isolates = rig.isolates(1, {})
  await isolates.ask(0, 'anonymous', 'a')
  isolates.fault = 'refuse'
  expect(await isolates.ask(0, 'anonymous', 'a')).toMatchObject({ allowed: true })
  expect(await isolates.ask(0, 'anonymous', 'stranger')).toBeUndefined()
  const alone = await Promise.all(Array.from({ length: 40 }, () => isolates.ask(0, 'user', 'b')))
  expect(admitted(alone)).toBe(30)
  // It asks again after a pause; while the store is still away, what was admitted stays counted.
  await isolates.pass(2_000)
  expect(await isolates.ask(0, 'user', 'b')).toMatchObject({ allowed: false })
  isolates.fault = 'none'
  await isolates.pass(2_000)
  expect(await isolates.ask(0, 'user', 'b')).toMatchObject({ allowed: true, remaining: 599 })
})

test('a request that does not wait is counted all the same, also beside the first of its window', async () => {
  const isolates = rig.isolates(1, { anonymous: { limit: 3, windowSeconds: 60 } })
  const asked = await Promise.all(
    Array.from({ length: 5 }, () => isolates.ask(0, 'anonymous', 'a', false)),
  )
  expect(admitted(asked)).toBe(3)
  await isolates.pass(250)
  expect(await rig.counted('anonymous')).toEqual([3])
})

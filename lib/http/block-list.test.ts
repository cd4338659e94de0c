import { expect, test } from '@playwright/test'
import { Trips } from '../store/client/trips.ts'
import { BlockList } from './block-list.ts'

const START = 1_790_000_000_000

/** A store that tells what is kept out, and can fail or be slow. */
function setup() {
  const state = { now: START, down: false, asked: 0, lines: [] as string[], logged: 0 }
  const gate = { hold: Promise.resolve() }
  const evalRo = async () => {
    state.asked++
    await gate.hold
    if (state.down) throw new TypeError('down')
    return ['listed', state.lines]
  }
  const list = new BlockList({
    redis: { evalRo } as unknown as ConstructorParameters<typeof BlockList>[0]['redis'],
    now: () => state.now,
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    log: () => void state.logged++,
  })
  const pending: Promise<unknown>[] = []
  const refresh = async () => {
    const trips = new Trips(() => state.now)
    await list.refresh(trips, (work) => pending.push(work))
    return trips
  }
  const keepsOut = (who: { address?: string; user?: string; key?: string }) =>
    list.keepsOut({ address: () => who.address, users: [who.user], key: who.key })
  return { state, gate, refresh, keepsOut, settle: () => Promise.all(pending.splice(0)) }
}

const USER = JSON.stringify({ users: ['me@home.org', 'u_1'] })
const NET = JSON.stringify({ address: '192.0.2.0/24' })

test('the first request of an isolate waits for the list, all that come with it for the same', async () => {
  const { state, refresh, keepsOut } = setup()
  state.lines = [USER, NET, JSON.stringify({ address: '2001:db8::/64' }), '{"key":"k"}', 'garbage']
  const trips = await Promise.all([refresh(), refresh(), refresh()])
  expect(state.asked).toBe(1)
  expect(trips.map(({ commands }) => commands).sort()).toEqual([0, 0, 1])
  for (const who of [
    { user: 'me@home.org' },
    { user: 'u_1', address: '203.0.113.1' },
    { key: 'k' },
    { address: '192.0.2.200' },
    { user: 'other@home.org', address: '2001:db8::1' },
  ]) {
    expect(keepsOut(who), JSON.stringify(who)).toBe(true)
  }
  for (const who of [
    {},
    { user: 'other@home.org', key: 'l', address: '192.0.3.1' },
    { address: '2001:db8:0:1::1' },
    { address: '::c000:2c8' },
  ]) {
    expect(keepsOut(who), JSON.stringify(who)).toBe(false)
  }
})

test('under traffic the list is read behind answers, once in 20 s, and nobody waits', async () => {
  const { state, refresh, keepsOut, settle } = setup()
  await refresh()
  state.lines = [USER]
  state.now += 19_999
  expect((await refresh()).count).toBe(0)
  expect(state.asked).toBe(1)
  state.now += 1
  const [one, other] = await Promise.all([refresh(), refresh()])
  expect([one.count, other.count]).toEqual([0, 0])
  expect(keepsOut({ user: 'me@home.org' })).toBe(false)
  await settle()
  expect(state.asked).toBe(2)
  expect(keepsOut({ user: 'me@home.org' })).toBe(true)
})

test('whatever the pauses between requests, nobody gets in a minute after being kept out', async () => {
  for (const pause of [1_000, 7_000, 19_000, 21_000, 49_000, 59_000, 600_000]) {
    const { state, refresh, keepsOut, settle } = setup()
    await refresh()
    state.lines = [USER]
    const madeAt = state.now
    for (let request = 0; request < 70; request++) {
      state.now += pause
      await refresh()
      const isLate = state.now - madeAt >= 60_000
      if (isLate) expect(keepsOut({ user: 'me@home.org' }), `every ${pause} ms`).toBe(true)
      await settle()
    }
  }
})

test('while the store is away the last list stays in force, and the store is asked again soon', async () => {
  const { state, refresh, keepsOut, settle } = setup()
  state.lines = [USER]
  await refresh()
  state.down = true
  state.now += 120_000
  await refresh()
  expect(keepsOut({ user: 'me@home.org' })).toBe(true)
  expect(state.logged).toBe(1)
  const asked = state.asked
  await refresh()
  expect(state.asked).toBe(asked)
  state.down = false
  state.lines = [NET]
  state.now += 2_000
  await refresh()
  await settle()
  expect(keepsOut({ user: 'me@home.org' })).toBe(false)
  expect(keepsOut({ address: '192.0.2.1' })).toBe(true)
})

test('a reading that was lost with its request does not end the reading', async () => {
  const { state, gate, refresh, keepsOut } = setup()
  await refresh()
  state.now += 20_000
  gate.hold = new Promise(() => undefined)
  await refresh()
  await expect.poll(() => state.asked).toBe(2)
  gate.hold = Promise.resolve()
  state.lines = [USER]
  state.now += 40_000
  await refresh()
  expect(keepsOut({ user: 'me@home.org' })).toBe(true)
})

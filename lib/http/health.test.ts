import { expect, test } from '@playwright/test'
import { StoreUnavailable } from '../contract/problems.ts'
import type { LogFields } from '../log.ts'
import { type Databases, Store } from '../store/client/store.ts'
import { Trips } from '../store/client/trips.ts'
import { sharedProbe } from './health.ts'

/** Two databases, or one, that answer the probe when they are told to. */
function setup(apart = false) {
  const state = { now: 0, asked: 0, policy: 'noeviction', down: false }
  const waiting: (() => void)[] = []
  const client = () => ({
    eval: async () => {
      state.asked++
      await new Promise<void>((resolve) => waiting.push(resolve))
      if (state.down) throw new StoreUnavailable('call failed: READONLY')
      return ['written', state.policy]
    },
  })
  const one = client()
  const databases = { data: one, auth: apart ? client() : one } as unknown as Databases
  const logged: [string, LogFields | undefined][] = []
  const deps = {
    databases,
    now: () => state.now,
    log: (_: string, event: string, fields?: LogFields) => void logged.push([event, fields]),
  }
  const kept: Promise<unknown>[] = []
  const ask = () => {
    const store = new Store(databases, new Trips(() => state.now))
    return sharedProbe({ store, later: (work) => void kept.push(work) }, deps)
  }
  const settle = async (): Promise<void> => {
    for (const resolve of waiting.splice(0)) resolve()
    await Promise.all(kept)
  }
  return { ask, settle, state, logged, kept }
}

test('however many ask, each database is asked once, and again two seconds after it answered', async () => {
  for (const apart of [false, true]) {
    const { ask, settle, state, kept } = setup(apart)
    const databases = apart ? 2 : 1
    const first = Array.from({ length: 50 }, ask)
    state.now = 1_500
    first.push(ask())
    await settle()
    for (const answer of await Promise.all(first)) {
      expect(answer).toMatchObject({ ok: true, value: { status: 'ok' } })
    }
    state.now = 3_499
    expect(await ask()).toMatchObject({ value: { status: 'ok' } })
    expect([state.asked, kept.length]).toEqual([databases, 1])

    state.now = 3_500
    const second = ask()
    await settle()
    await second
    expect(state.asked).toBe(2 * databases)
  }
})

test('that a database fails is everybody’s answer too, and the reason is for the log', async () => {
  const { ask, settle, state } = setup()
  state.down = true
  const first = [ask(), ask()]
  await settle()
  for (const answer of [...(await Promise.all(first)), await ask()]) {
    expect(answer).toEqual({
      ok: false,
      code: 'service-unavailable',
      reason: 'call failed: READONLY',
    })
  }
  expect(state.asked).toBe(1)
  state.down = false
  state.now = 2_000
  const later = ask()
  await settle()
  expect(await later).toMatchObject({ ok: true })
})

test('a store that evicts keys serves, and the log alone says by which policy', async () => {
  const { ask, settle, state, logged } = setup()
  state.policy = 'allkeys-lru'
  const answer = ask()
  await settle()
  expect(await answer).toEqual({ ok: true, value: { status: 'degraded' } })
  expect(logged).toEqual([
    ['store.evicts', { policy: 'allkeys-lru', consequence: expect.stringContaining('noeviction') }],
  ])
})

test('a probe that its host ended with its request is not waited for', async () => {
  const { ask, settle, state } = setup()
  ask().catch(() => undefined)
  state.now = 5_000
  const again = ask()
  await settle()
  expect(await again).toMatchObject({ ok: true })
  expect(state.asked).toBe(2)
})

import { expect, test } from '@playwright/test'
import { type CollectionRig, startCollectionRig } from '../../test/support/collections.ts'
import { defineCollection } from '../collections/define.ts'
import { restMs } from './heal-due.ts'
import { listItems } from './list.ts'

const notes = defineCollection({
  name: 'notes',
  prefix: 'note:',
  access: { list: 'public', get: 'public', create: 'user', update: 'user', delete: 'user' },
  fields: (z) => ({ text: z.optional(z.string()) }),
})

const after = (tookMs: number, idle: number, keyspace = 50_000, before = 40_000) => ({
  way: 'walk' as const,
  keyspace,
  healed: { agoMs: 0, tookMs, keyspace: before, idle },
})

test('a hash that is typed just behind a healing is found as soon as users are promised', () => {
  for (const [keyspace, promised] of [
    [1_001, 10_000],
    [100_000, 10_000],
    [1_000_000, 60_000],
  ] as const) {
    for (const idle of [1, 20]) {
      for (let tookMs = 0; tookMs <= (promised - 4_000) / 3; tookMs += 100) {
        const rest = restMs(after(tookMs, idle, keyspace, keyspace), true) ?? Infinity
        // The rest of the healing that missed it, the pause, and the next one; reads take some time too.
        expect(tookMs + rest + tookMs).toBeLessThanOrEqual(promised - 4_000)
      }
    }
    // One that found much took long, and says nothing about the next one.
    for (const tookMs of [0, 1_000, 100_000])
      expect(restMs(after(tookMs, 0, keyspace, keyspace), true)).toBe((promised - 4_000) / 2)
  }
})

test('what finds nothing has half of the time at most, and rests longer', () => {
  for (const isUser of [true, false]) {
    for (const tookMs of [0, 1_000, 5_000, 100_000]) {
      const rests = [1, 2, 3].map((idle) => restMs(after(tookMs, idle), isUser) ?? Infinity)
      expect(Math.min(...rests)).toBeGreaterThanOrEqual(tookMs)
      expect([...rests].sort((a, b) => a - b)).toEqual(rests)
    }
  }
  expect(restMs(after(100, 1), true)).toBeGreaterThan(restMs(after(100, 0), true) ?? Infinity)
  expect(restMs(after(100, 3), false)).toBe(480_000)
  expect(restMs(after(100, 30), false)).toBe(960_000)
  expect(restMs(after(100, 0, 40_000, 40_000), false)).toBeUndefined()
  expect(restMs(after(100, 0, 400), true)).toBeUndefined()
})

for (const kind of ['redis', 'embedded'] as const) {
  test.describe(`healing on ${kind}`, () => {
    let rig: CollectionRig
    test.beforeAll(async () => {
      rig = await startCollectionRig(kind)
    })
    test.afterAll(() => rig.close())
    const later = async (ms: number): Promise<void> => {
      await rig.command('HINCRBY', 'healed', 'at', String(-ms))
      await rig.command('SET', `come:${rig.sent.length}`, 'x')
    }
    const scans = async (isProven: boolean): Promise<number> => {
      const before = rig.sent.filter((name) => name === 'SCAN').length
      const list = await listItems.run(rig.call(notes, {}, { isProven: () => isProven }), rig.deps)
      expect(list).toMatchObject({ ok: true })
      await rig.settled()
      return rig.sent.filter((name) => name === 'SCAN').length - before
    }

    test('twelve lists of strangers in a minute cost one look at the keyspace at most; users’ begin their own', async () => {
      await rig.fill(notes)
      const one = await scans(true)
      expect(one).toBeGreaterThan(0)
      let strangers = 0
      for (let count = 0; count < 12; count++) {
        await later(5_000)
        strangers += await scans(false)
      }
      expect(strangers).toBeLessThanOrEqual(one)
      await later(10_000)
      expect(await scans(true)).toBeGreaterThanOrEqual(one)
    })

    test('strangers begin none while no key has come or gone', async () => {
      await scans(true)
      await rig.command('HSET', 'healed', 'at', '0', 'keys', String(await rig.command('DBSIZE')))
      expect(await scans(false)).toBe(0)
      await later(0)
      expect(await scans(false)).toBeGreaterThan(0)
    })
  })
}

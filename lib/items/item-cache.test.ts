import { expect, test } from '@playwright/test'
import type { StoredFields } from '../store/stored-fields.ts'
import { ItemCache } from './item-cache.ts'

const START = 1_790_000_000_000

function setup() {
  const clock = { now: START }
  const cache = new ItemCache(() => clock.now)
  const read = (...stored: StoredFields) =>
    cache.read(
      'k',
      async () => stored,
      (found) => found,
    )
  return { clock, cache, read }
}

test('fresh for its time, then stale for as long again, and asked for anew once', async () => {
  const { clock, cache, read } = setup()
  await read('1')
  clock.now += 9_999
  expect(cache.find('k', 10)).toEqual({ stored: ['1'], ageSeconds: 9, stale: false })
  clock.now += 1
  expect(cache.find('k', 10)).toMatchObject({ stored: ['1'], stale: true })
  expect(cache.find('k', 10)).toMatchObject({ stored: ['1'], stale: false })
  await read('2')
  expect(cache.find('k', 10)).toEqual({ stored: ['2'], ageSeconds: 0, stale: false })
  clock.now += 20_000
  expect(cache.find('k', 10)).toBeUndefined()
})

test('what was read before the caller wrote elsewhere is not found', async () => {
  const { cache, read } = setup()
  await read('1')
  expect(cache.find('k', 10, START + 1)).toBeUndefined()
  expect(cache.find('k', 10, START)).toMatchObject({ stored: ['1'] })
})

test('nothing is kept for a collection without a lifetime, and nothing of what is absent', async () => {
  const { cache, read } = setup()
  await read('1')
  expect(cache.find('k', 0)).toBeUndefined()
  await read(undefined, undefined)
  expect(cache.find('k', 10)).toBeUndefined()
})

test('what was being read when this isolate changed the item is not kept', async () => {
  const { clock, cache, read } = setup()
  let answer = (_: StoredFields): void => undefined
  const slow = cache.read(
    'k',
    () => new Promise<StoredFields>((resolve) => (answer = resolve)),
    (found) => found,
  )
  cache.forget('k')
  answer(['old'])
  await slow
  expect(cache.find('k', 10)).toBeUndefined()
  clock.now += 1
  await read('new')
  expect(cache.find('k', 10)).toMatchObject({ stored: ['new'] })
})

test('a read that a later one overtook does not take its place', async () => {
  const { clock, cache, read } = setup()
  let answer = (_: StoredFields): void => undefined
  const slow = cache.read(
    'k',
    () => new Promise<StoredFields>((resolve) => (answer = resolve)),
    (found) => found,
  )
  clock.now += 1
  await read('later')
  answer(['earlier'])
  await slow
  expect(cache.find('k', 10)).toMatchObject({ stored: ['later'] })
})

test('a large item is read each time, also in the place of a small one', async () => {
  const { cache, read } = setup()
  await read('small')
  await read('x'.repeat(10_000))
  expect(cache.find('k', 10)).toBeUndefined()
})

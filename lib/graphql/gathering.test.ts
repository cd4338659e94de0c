import { once } from 'node:events'
import { expect, test } from '@playwright/test'
import { type OwnStore, startStore } from '../../test/support/store.ts'
import { connect } from '../store/client/redis.ts'
import type { Read } from '../store/client/reply.ts'
import { Trips } from '../store/client/trips.ts'
import { Gathering } from './gathering.ts'

/** On a busy machine a store takes so long. */
const PATIENCE_MS = 30_000

let own: OwnStore
/** At the store's door: those that are on their way side by side are one trip to who waits, and two there. */
let calls = 0
test.beforeAll(async () => {
  own = await startStore('redis', () => calls++)
  await own.command('MSET', 'a', '1', 'b', '2')
})
test.beforeEach(() => {
  calls = 0
})
test.afterAll(() => own.stop())

const value = (key: string): Read<unknown> => ({
  database: 'data',
  queue: (pipeline) => pipeline.get(key),
  parse: ({ result }) => result,
})

function gathered(): Gathering {
  const client = connect(own, PATIENCE_MS)
  const trips = new Trips(Date.now, undefined, undefined, PATIENCE_MS)
  return new Gathering({ auth: client, data: client }, trips, { auth: {}, data: {} })
}

/** Timers run in the order in which they are due, however late: two turns are behind one, and before ten. */
const turns = (count: number): Promise<void> => new Promise((done) => setTimeout(done, count))

test('acts that run side by side read in one trip, also one that comes to its read a little later', async () => {
  const gathering = gathered()
  const found = await Promise.all([
    gathering.run(async (store) => (await store.read(value('a')))[0]),
    gathering.run(async (store) => {
      await turns(3)
      return (await store.read(value('b')))[0]
    }),
    gathering.run(async (store) => (await store.read(value('nothing')))[0]),
  ])
  expect(found).toEqual(['1', '2', null])
  expect(calls).toBe(1)
  expect(gathering.reads).toBe(3)
})

test('an act that does not come to read holds the others up for a moment alone', async () => {
  const gathering = gathered()
  const finish = new AbortController()
  const slow = gathering.run(() => once(finish.signal, 'abort'))
  expect(await gathering.run(async (store) => (await store.read(value('a')))[0])).toBe('1')
  expect(calls).toBe(1)
  finish.abort()
  await slow
})

test('what one level has read opens the next, in a second trip', async () => {
  const gathering = gathered()
  const twice = (key: string, then: string): Promise<unknown> =>
    gathering.run(async (store) => {
      await store.read(value(key))
      return (await store.read(value(then)))[0]
    })
  expect(await Promise.all([twice('a', 'b'), twice('b', 'a')])).toEqual(['2', '1'])
  expect(calls).toBe(2)
})

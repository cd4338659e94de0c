import { expect, test } from '@playwright/test'
import { StoreUnavailable } from '../../contract/problems.ts'
import { Trips } from './trips.ts'

/** As the official client throws it: with the whole command. */
class UpstashError extends Error {
  override readonly name = 'UpstashError'
}

async function failure(call: () => Promise<unknown>, deadlineMs?: number): Promise<unknown> {
  const trips = new Trips(Date.now, undefined, undefined, deadlineMs)
  return trips.run(1, call).then(
    () => 'no failure',
    (error: unknown) => error,
  )
}

for (const [error, said] of [
  [new UpstashError('WRONGTYPE wrong kind, command was: ["HSET","secret"]'), 'WRONGTYPE'],
  [new UpstashError('Unauthorized, command was: ["HSET","secret"]'), 'unnamed error'],
  [new TypeError('fetch failed: https://secret@host'), 'TypeError'],
  ['secret', 'unknown'],
] as const) {
  test(`of a failed call the log gets ${said}, and nothing of what was sent`, async () => {
    const found = await failure(() => Promise.reject(error))
    expect(found).toBeInstanceOf(StoreUnavailable)
    expect(String(found)).toBe(`StoreUnavailable: call failed: ${said}`)
  })
}

test('a call without an answer ends with the time of its request', async () => {
  const found = await failure(() => new Promise(() => undefined), 1)
  expect(String(found)).toBe('StoreUnavailable: no answer within the deadline')
})

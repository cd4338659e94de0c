import { expect, test } from '@playwright/test'
import type { Decision } from '../rate-limit/types.ts'
import { Trips } from '../store/client/trips.ts'
import { countStranger, type Stranger } from './stranger.ts'

/** A limiter that has decided already, and keeps what it was asked. */
function deciding(allowed: boolean) {
  const asked: unknown[][] = []
  const decision: Decision = {
    ...{ policy: 'anonymous', allowed, limit: 60, windowSeconds: 60, remaining: 0 },
    ...{ resetSeconds: 7, windowNumber: 1, remembered: false },
  }
  const hotLimiter: Stranger['hotLimiter'] = {
    count: async (...words) => {
      asked.push(words)
      return decision
    },
  }
  const stranger: Stranger = {
    ...{ hotLimiter, partition: { key: '192.0.2.1' } },
    ...{ trips: new Trips(Date.now), waitUntil: () => undefined },
  }
  return { asked, decision, stranger }
}

test('a stranger counts as anonymous, by address, and waits for no answer of the store', async () => {
  const { asked, decision, stranger } = deciding(true)
  const decisions: Decision[] = []
  expect(await countStranger(decisions, stranger)).toBeUndefined()
  expect(decisions).toEqual([decision])
  const [policy, partition, , , options] = asked[0] ?? []
  expect([policy, partition, options]).toEqual(['anonymous', { key: '192.0.2.1' }, { wait: false }])
})

test('one that came too often is told when to come again, and the answer shows the quota', async () => {
  const { decision, stranger } = deciding(false)
  const decisions: Decision[] = []
  expect(await countStranger(decisions, stranger)).toMatchObject({
    ...{ code: 'quota-exceeded', retryAfterSeconds: 7 },
  })
  expect(decisions).toEqual([decision])
})

test('an operation by session without a limiter is a defect, and not a free pass', async () => {
  const { stranger } = deciding(true)
  await expect(countStranger([], { ...stranger, hotLimiter: undefined })).rejects.toThrow(TypeError)
})

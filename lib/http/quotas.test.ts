import { expect, test } from '@playwright/test'
import { environmentOf, NO_STORE } from '../../test/support/environment.ts'
import { StoreUnavailable } from '../contract/problems.ts'
import { limiterOptions } from '../deps/base.ts'
import { StrictLimiter } from '../rate-limit/strict.ts'
import type { Decision } from '../rate-limit/types.ts'
import { parseSettings } from '../settings/settings.ts'
import { Trips } from '../store/client/trips.ts'
import { RequestQuotas } from './quotas.ts'

const DENIED: Decision<'write'> = {
  ...{ policy: 'write', allowed: false, limit: 60, windowSeconds: 60, remaining: 0 },
  ...{ resetSeconds: 1, windowNumber: 1, remembered: false },
}

/** The quotas of a request while the store is away. */
function away() {
  const origin = 'https://api.example.com'
  const settings = parseSettings(environmentOf({ origin, store: NO_STORE }))
  const limiter = new StrictLimiter(limiterOptions(settings, Date.now))
  const logged: unknown[][] = []
  const denied: unknown[][] = []
  const quotas = new RequestQuotas(
    limiter,
    new Trips(Date.now),
    (...line) => void logged.push(line),
    (...words) => void denied.push(words),
    () => undefined,
  )
  return { quotas, logged, denied }
}

test('what cannot be counted is not allowed', async () => {
  const { quotas } = away()
  await expect(quotas.count('write', { key: 'u' })).rejects.toThrow(StoreUnavailable)
  expect(quotas.decisions).toEqual([])
})

test('what cannot be given back costs some quota, and not the answer', async () => {
  const { quotas, logged } = away()
  await quotas.giveBack([{ decision: DENIED, partition: { key: 'u' } }], 'one')
  expect(logged).toEqual([['warn', 'quota.not-given-back', { policy: 'write' }]])
})

test('a denial is told once in a window: those that are decided in memory write nothing', () => {
  const { quotas, denied } = away()
  quotas.show(DENIED, 'u_1')
  quotas.show({ ...DENIED, remembered: true }, 'u_1')
  quotas.show({ ...DENIED, allowed: true })
  expect(denied).toEqual([['write', 'u_1']])
  expect(quotas.decisions).toHaveLength(3)
})

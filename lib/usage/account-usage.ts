import type { Store } from '../store/client/store.ts'
import { DAY_MS, dayOf, USAGE_KEPT_DAYS } from '../store/days.ts'
import { usageRead } from '../store/usage.ts'
import { rowsOf, type UsageRow } from './rows.ts'

/** Lists by day what is kept of an account's use: all of it, and of each operation and API key. */
export async function accountUsage(
  store: Store,
  subject: string,
  now: number,
): Promise<UsageRow[]> {
  const kept = { from: dayOf(now - USAGE_KEPT_DAYS * DAY_MS), to: dayOf(now), by: 'day' } as const
  const [usage] = await store.read(usageRead(subject, kept, { split: true, now }))
  return rowsOf(usage.counts)
}

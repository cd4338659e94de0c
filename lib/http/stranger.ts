import type { Failure } from '../contract/problems.ts'
import { quotaExceeded } from '../rate-limit/headers.ts'
import type { HotLimiter } from '../rate-limit/hot.ts'
import type { Decision, Partition, WaitUntil } from '../rate-limit/types.ts'
import type { Trips } from '../store/client/trips.ts'

/** A request without a good credential, and what is needed to count it. */
export interface Stranger {
  /** Undefined in a function whose operations never ask. */
  hotLimiter: Pick<HotLimiter, 'count'> | undefined
  partition: Partition
  trips: Trips
  waitUntil: WaitUntil
}

/**
 * Counts the request as `anonymous`, by its address. Otherwise requests with garbage in the place of a
 * refresh token would not be counted at all. The store is told behind the answer.
 *
 * @param decisions Those of the request; this one is added.
 * @returns The failure of a stranger that came too often.
 */
export async function countStranger(
  decisions: Decision[],
  { hotLimiter, partition, trips, waitUntil }: Stranger,
): Promise<Failure<'quota-exceeded'> | undefined> {
  if (hotLimiter === undefined) throw new TypeError('an operation by session needs a hot limiter')
  const decision = await hotLimiter.count('anonymous', partition, trips, waitUntil, { wait: false })
  decisions.push(decision)
  return decision.allowed ? undefined : quotaExceeded([decision])
}

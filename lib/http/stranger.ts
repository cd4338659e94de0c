import type { Failure } from '../contract/problems.ts'
import { quotaExceeded } from '../rate-limit/headers.ts'
import type { HotLimiter } from '../rate-limit/hot.ts'
import type { Decision, Partition, WaitUntil } from '../rate-limit/types.ts'
import type { Trips } from '../store/client/trips.ts'

/** A request that showed nothing good, and with what it is counted. */
export interface Stranger {
  /** Undefined in a function whose operations never ask. */
  hotLimiter: Pick<HotLimiter, 'count'> | undefined
  partition: Partition
  trips: Trips
  waitUntil: WaitUntil
}

/**
 * Counts it as `anonymous`, by its address: garbage in the place of a refresh token would otherwise
 * be free. It is not worth waiting for: the store is told behind the answer.
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

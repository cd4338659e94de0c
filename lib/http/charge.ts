import type { Failure } from '../contract/problems.ts'
import type { Deps } from '../deps/base.ts'
import type { GateDeps } from '../deps/gate.ts'
import type { ActingCall } from '../operation.ts'
import { quotaExceeded } from '../rate-limit/headers.ts'
import { countRequest, quotaOfKey } from './gate.ts'

/**
 * Counts a request that does the work of several as often as it does; the gate has counted it once. The answer's
 * header fields tell what is left then.
 *
 * @param times How often more.
 * @returns The failure of a caller whose quota does not last: then nothing is begun, and no more is counted.
 */
export async function charge(
  times: number,
  { authentication, headers, trips, later, quotas }: ActingCall<unknown>,
  deps: GateDeps & Deps,
): Promise<Failure<'quota-exceeded'> | undefined> {
  if (times === 0) return undefined
  const waiting = { trips, waitUntil: later }
  const keyQuota =
    authentication.status === 'key'
      ? await quotaOfKey(authentication.key, headers, deps, waiting)
      : undefined
  const counting = { access: 'public', headers, deps, keyQuota, times, ...waiting } as const
  const decisions = await countRequest(authentication, counting)
  // What the gate denies is no event either: it must not write to the store.
  for (const decision of decisions) quotas.show({ ...decision, remembered: true })
  return decisions.some(({ allowed }) => !allowed) ? quotaExceeded(decisions) : undefined
}

import type { PresentedKey } from '../auth/api-key.ts'
import { StoreUnavailable } from '../errors.ts'
import { remember } from '../rate-limit/bounded-map.ts'
import { judgeKey, keyCommand } from '../store/api-keys.ts'
import type { LimiterClient } from '../store/script-runner.ts'
import type { Trips } from '../store/trips.ts'

/** The quota of each API key, as the gate knows it: it only counts, and vouches for nobody. */
export interface KeyLimits {
  /**
   * @returns Undefined for a key that opens nothing, as far as was known a minute ago.
   * @throws StoreUnavailable when the store cannot say.
   */
  limitOf(key: PresentedKey, trips: Trips): Promise<number | undefined>
}

const KNOWN_FOR_MS = 60_000
/** A key made a moment ago may not have reached the replica that was asked. */
const UNKNOWN_FOR_MS = 2_000

/** Asks the store for a key it has not seen for a minute; one trip, like the first of a window. */
export function createKeyLimits(redis: LimiterClient, now: () => number): KeyLimits {
  const known = new Map<string, { limit: number | undefined; until: number }>()
  return {
    limitOf: async (key, trips) => {
      const kept = known.get(key.hash)
      if (kept !== undefined && now() < kept.until) return kept.limit
      const reply = await trips.run(1, () => redis.evalRo(...keyCommand(key.id)))
      if (!Array.isArray(reply)) throw new StoreUnavailable('key: unexpected reply')
      const found = judgeKey(key.hash, reply)
      const limit = found.status === 'live' ? found.limit : undefined
      const keptMs = limit === undefined ? UNKNOWN_FOR_MS : KNOWN_FOR_MS
      remember(known, key.hash, { limit, until: now() + keptMs })
      return limit
    },
  }
}

import type { PresentedKey } from '../auth/api-keys/api-key.ts'
import { remember } from '../bounded-map.ts'
import { StoreUnavailable } from '../contract/problems.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'
import type { Trips } from '../store/client/trips.ts'
import { judgeKey, keyCommand } from '../store/key-liveness.ts'

/** The quotas that an API key counts for. */
export interface KeyQuota {
  /** Its own, in requests a minute; undefined: as its owner. */
  limit: number | undefined
  /** What its owner's quota counts by. */
  owner: string
  /** Its owner's address. */
  userId: string
}

/** The quota of each API key, as the gate knows it. It is for counting only: the endpoint proves the key. */
export interface KeyLimits {
  /** Whether a key was found to open something less than a minute ago. */
  isKnown(key: PresentedKey): boolean
  /**
   * @returns Undefined for a key that opens nothing, as far as was known a minute ago.
   * @throws StoreUnavailable when the store cannot say.
   */
  quotaOf(key: PresentedKey, trips: Trips): Promise<KeyQuota | undefined>
}

const KNOWN_FOR_MS = 60_000
/** A key made a moment ago may not have reached the replica that was asked. */
const UNKNOWN_FOR_MS = 2_000

/** Asks the store for a key it has not seen for a minute; one trip, like the first of a window. */
export function createKeyLimits(redis: LimiterClient, now: () => number): KeyLimits {
  // Two maps, so that made-up API keys do not push out good ones.
  const known = new Map<string, KeyQuota & { until: number }>()
  const unknown = new Map<string, number>()
  const find = ({ hash }: PresentedKey): KeyQuota | undefined => {
    const kept = known.get(hash)
    return kept !== undefined && now() < kept.until ? kept : undefined
  }
  return {
    isKnown: (key) => find(key) !== undefined,
    quotaOf: async (key, trips) => {
      const quota = find(key)
      if (quota !== undefined || now() < (unknown.get(key.hash) ?? 0)) return quota
      const reply = await trips.run(1, () => redis.evalRo(...keyCommand(key.id)))
      if (!Array.isArray(reply)) throw new StoreUnavailable('key: unexpected reply')
      const found = judgeKey(key.hash, reply)
      if (found.status === 'live') {
        const { limit, accountId, userId } = found
        const quota = { limit, owner: accountId ?? userId, userId }
        remember(known, key.hash, { ...quota, until: now() + KNOWN_FOR_MS })
        return quota
      }
      remember(unknown, key.hash, now() + UNKNOWN_FOR_MS)
      return undefined
    },
  }
}

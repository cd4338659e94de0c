import type { PresentedKey } from '../auth/api-keys/api-key.ts'
import { remember } from '../bounded-map.ts'
import { StoreUnavailable } from '../contract/problems.ts'
import type { PlansSeen } from '../rate-limit/plans-seen.ts'
import type { WaitUntil } from '../rate-limit/types.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'
import type { Trips } from '../store/client/trips.ts'
import {
  isOver,
  judgeKey,
  KEYS_READ,
  type KeyFields,
  type KeyLiveness,
  keyNames,
} from '../store/key-liveness.ts'
import { Denials, Looks, Turns } from './looks.ts'

/** The quotas that an API key counts for. */
export interface KeyQuota {
  /** Its own, in requests a minute; undefined: as its owner. */
  limit: number | undefined
  /** What its owner's quota counts by. */
  owner: string
  /** Its owner's address. */
  userId: string
  /** The name of its owner's plan. */
  plan: string
}

/** The quota of each API key, as the gate knows it. It is for counting only: the endpoint proves the key. */
export interface KeyLimits {
  /** Whether a key was found to open something less than a minute ago. */
  isKnown(key: PresentedKey): boolean
  /**
   * @returns Undefined for a key that opens nothing, as far as was known a minute ago.
   * @throws StoreUnavailable when the store cannot say.
   */
  quotaOf(key: PresentedKey, trips: Trips, waitUntil: WaitUntil): Promise<KeyQuota | undefined>
  /** Looks behind the answer at a key's owner, if it is due: see {@link Denials}. */
  denied(key: PresentedKey, waitUntil: WaitUntil): void
  /** Notes that a key was found to open nothing: it does not go on counting for its owner. */
  forget(key: PresentedKey): void
}

const KNOWN_FOR_MS = 60_000
/** A key made a moment ago may not have reached the replica that was asked. */
const UNKNOWN_FOR_MS = 2_000
/** So many requests of one key are between two looks whether it still opens something. */
const REQUESTS_BETWEEN = 10

/**
 * Asks the store for a key it has not seen for a minute; one trip, like the first of a window. A key
 * that asks much is looked at behind the answer, as sessions are: one that has ended would go on using
 * up its owner's quota.
 */
export function createKeyLimits(
  redis: LimiterClient,
  now: () => number,
  sleep: (milliseconds: number) => Promise<void>,
  plansSeen: PlansSeen,
): KeyLimits {
  const denials = new Denials()
  const looks = new Looks({ redis, now, sleep, read: KEYS_READ })
  // Two maps, so that made-up API keys do not push out good ones.
  const known = new Map<string, KeyQuota & { until: number; turns: Turns }>()
  const unknown = new Map<string, number>()
  const find = ({ hash }: PresentedKey) => {
    const kept = known.get(hash)
    return kept !== undefined && now() < kept.until ? kept : undefined
  }
  const forget = ({ hash }: PresentedKey): void => {
    known.delete(hash)
    remember(unknown, hash, now() + UNKNOWN_FOR_MS)
  }
  const ask = async (key: PresentedKey): Promise<KeyLiveness> => {
    const [found] = KEYS_READ.parse(await redis.evalRo(...KEYS_READ.command([keyNames(key.id)])))
    if (found === undefined) throw new StoreUnavailable('key: unexpected reply')
    return judgeKey(key.hash, found)
  }
  const look = (key: PresentedKey, waitUntil: WaitUntil, due: { urgent: boolean }): void => {
    const take = (found: KeyFields): void => {
      const judged = judgeKey(key.hash, found)
      const kept = known.get(key.hash)
      if (isOver(judged)) forget(key)
      else if (judged.status === 'live' && kept !== undefined) {
        kept.plan = judged.plan
        plansSeen.note(kept.owner, judged.plan)
      }
    }
    looks.add(keyNames(key.id), take, waitUntil, due)
  }
  return {
    isKnown: (key) => find(key) !== undefined,
    forget,
    denied: (key, waitUntil) => {
      const kept = known.get(key.hash)
      if (kept === undefined || !denials.note(kept.owner, now())) return
      look(key, waitUntil, { urgent: true })
    },
    quotaOf: async (key, trips, waitUntil) => {
      const kept = find(key)
      if (kept !== undefined) {
        const due = kept.turns.next(now())
        if (due !== undefined) look(key, waitUntil, due)
        return kept
      }
      if (now() < (unknown.get(key.hash) ?? 0)) return undefined
      const found = await trips.run(1, () => ask(key))
      if (found.status === 'live') {
        const { limit, accountId, userId, plan } = found
        const quota = { limit, owner: accountId ?? userId, userId, plan }
        plansSeen.note(quota.owner, plan)
        remember(known, key.hash, {
          ...quota,
          until: now() + KNOWN_FOR_MS,
          turns: new Turns(REQUESTS_BETWEEN, now()),
        })
        return quota
      }
      forget(key)
      return undefined
    },
  }
}

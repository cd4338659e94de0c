import { Ratelimit } from '@upstash/ratelimit'
import { remember } from '../bounded-map.ts'
import { StoreUnavailable } from '../contract/problems.ts'
import type { Log } from '../log.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'
import { keys } from '../store/keys.ts'
import { POLICIES, type PolicyName, SHARED_BUCKET_FACTOR, WIDER_FACTOR } from './policies.ts'
import type { Decision, Partition } from './types.ts'
import { windowAt } from './windows.ts'

/** A policy as it applies to one partition. */
export interface Quota<name extends PolicyName = PolicyName> {
  policy: name
  limit: number
  windowSeconds: number
  key: string
  counter: Ratelimit
}

/** The limit of one partition, in the place of the policy's; the limit may be infinite. */
export interface OwnLimit {
  limit?: number | undefined
  windowSeconds?: number | undefined
}

export interface LimiterOptions {
  redis: LimiterClient
  overrides: Partial<Record<PolicyName, { limit: number; windowSeconds: number }>>
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
  log: Log
}

/** Counts in Redis through `@upstash/ratelimit`, by the quota table. Both limiters use it. */
export class Counter {
  readonly options: LimiterOptions
  readonly #counters = new Map<string, Ratelimit>()

  constructor(options: LimiterOptions) {
    this.options = options
  }

  quota<name extends PolicyName>(
    policy: name,
    partition: Partition,
    factor = partition === 'shared' ? SHARED_BUCKET_FACTOR : (partition.factor ?? 1),
    own: OwnLimit = {},
  ): Quota<name> {
    const set = this.options.overrides[policy] ?? POLICIES[policy]
    const { limit = set.limit, windowSeconds = set.windowSeconds } = own
    const effective = limit === Number.POSITIVE_INFINITY ? limit : Math.floor(limit * factor)
    const counted = `${policy}:${effective}:${windowSeconds}`
    let counter = this.#counters.get(counted)
    if (counter === undefined) {
      counter = new Ratelimit({
        redis: this.options.redis,
        limiter: Ratelimit.fixedWindow(effective, `${windowSeconds} s`),
        prefix: keys.limit(policy),
        analytics: false,
        ephemeralCache: false,
        // The library's own timer answers `success: true`. The deadline of the request ends the wait instead.
        timeout: 0,
      })
      remember(this.#counters, counted, counter)
    }
    return {
      policy,
      limit: effective,
      windowSeconds,
      key: partition === 'shared' ? 'shared' : partition.key,
      counter,
    }
  }

  wider<name extends PolicyName>(policy: name, partition: Partition): Quota<name> | undefined {
    if (partition === 'shared' || partition.wider === undefined) return undefined
    return this.quota(policy, { key: partition.wider }, WIDER_FACTOR)
  }

  /** @throws StoreUnavailable when the store does not count it. */
  async ask(quota: Quota, rate = 1): Promise<{ allowed: boolean; used: number; reset: number }> {
    const answer = await quota.counter.limit(quota.key, { rate })
    if (answer.reason === 'timeout' || !Number.isFinite(answer.remaining)) {
      throw new StoreUnavailable('quota not counted')
    }
    const used = answer.success ? quota.limit - answer.remaining : quota.limit
    return { allowed: answer.success, used, reset: answer.reset }
  }

  /** @param reset When the counted window ends, in epoch milliseconds. It may be over by now. */
  decision<name extends PolicyName>(
    quota: Quota<name>,
    allowed: boolean,
    used: number,
    reset?: number,
  ): Decision<name> {
    const now = this.options.now()
    const { ms, endsAt } = windowAt(quota, now)
    const end = reset ?? endsAt
    return {
      policy: quota.policy,
      allowed,
      limit: quota.limit,
      windowSeconds: ms / 1_000,
      remaining: Math.max(0, quota.limit - used),
      resetSeconds: Math.max(1, Math.ceil((end - now) / 1_000)),
      windowNumber: end / ms - 1,
      remembered: false,
    }
  }
}

/** Names a partition of a policy in an isolate's memory. */
export function memoryKey(quota: Quota): string {
  return `${quota.policy} ${quota.key}`
}

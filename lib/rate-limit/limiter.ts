import { Ratelimit } from '@upstash/ratelimit'
import { StoreUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import { keys } from '../store/keys.ts'
import type { LimiterClient } from '../store/script-runner.ts'
import { GIVE_BACK } from '../store/scripts/quotas.ts'
import { STORE_DEADLINE_MS, type Trips } from '../store/trips.ts'
import { remember } from './bounded-map.ts'
import {
  LOCAL_LIMIT,
  POLICIES,
  type PolicyName,
  SHARED_BUCKET_FACTOR,
  WIDER_FACTOR,
} from './policies.ts'
import type { Decision, Partition, WaitUntil } from './types.ts'

/** What one isolate knows of one partition in one window. */
interface Window {
  number: number
  used: number
  limit: number
  /** The request that opened the window, while it asks the store. */
  first: Promise<boolean> | undefined
  /** Set while the store cannot count: when to ask it again, in epoch milliseconds. */
  askAgainAt: number | undefined
  /** What this isolate admitted by itself in earlier pauses of the same window. */
  alone: number
  /** Admitted and not yet told to the store. */
  uncounted: number
  /** The count that is on its way to the store, and since when. */
  counting: { since: number; done: Promise<void> } | undefined
}

interface Quota {
  policy: PolicyName
  limit: number
  windowSeconds: number
  key: string
  counter: Ratelimit
}

const OUTAGE_PAUSE_MS = 2_000
/** A count that takes longer was lost with the request that sent it. */
const LOST_COUNT_MS = 2 * STORE_DEADLINE_MS

export interface LimiterOptions {
  redis: LimiterClient
  overrides: Partial<Record<PolicyName, { limit: number; windowSeconds: number }>>
  now: () => number
  log: Log
}

/**
 * Counts requests against the quota table, in Redis through `@upstash/ratelimit`.
 *
 * Hot policies keep their windows in memory above the library's `fixedWindow` rather than use its
 * `cachedFixedWindow`, which admits too many when first answers overlap, never forgets a key and,
 * comparing a number with a string, never lets its Redis keys expire.
 *
 * Bound on over-admission of a hot policy: an isolate admits at most its limit before it hears of
 * the others, and each background answer tells it the count of all.
 */
export class Limiter {
  readonly #options: LimiterOptions
  readonly #counters = new Map<string, Ratelimit>()
  readonly #windows = new Map<string, Window>()
  readonly #deniedUntil = new Map<string, number>()

  constructor(options: LimiterOptions) {
    this.#options = options
  }

  /**
   * Counts a request of a hot policy. Only the first requests of a window wait for the store, for
   * one shared answer; later ones are decided in memory and counted in the background.
   *
   * @param wait `false` never waits: a bad token is counted, not served. `limit` is the partition's
   *   own, at most the policy's.
   * @throws StoreUnavailable when the first answer does not come and the policy is `closed`.
   */
  async hot(
    policy: PolicyName,
    partition: Partition,
    trips: Trips,
    waitUntil: WaitUntil,
    { wait, limit }: { wait: boolean; limit?: number | undefined },
  ): Promise<Decision> {
    const quota = this.#quota(policy, partition, undefined, limit)
    const narrow = await this.#countHot(quota, trips, waitUntil, wait)
    const wider = this.#widerQuota(policy, partition)
    if (wider === undefined || !narrow.allowed) return narrow
    const wide = await this.#countHot(wider, trips, waitUntil, wait)
    return wide.allowed ? narrow : wide
  }

  async #countHot(
    quota: Quota,
    trips: Trips,
    waitUntil: WaitUntil,
    wait: boolean,
  ): Promise<Decision> {
    const { policy } = quota
    const { window, opened } = this.#currentWindow(quota)
    if (window.first !== undefined) {
      const { first } = window
      if (!wait) {
        if (!opened && window.used >= window.limit) return this.#decision(quota, false, window.used)
        if (!opened) window.used++
        const counted = opened ? first : first.then(() => this.#countBehind(quota, window))
        waitUntil(counted.catch(() => undefined))
        return this.#decision(quota, true, window.used)
      }
      // Others wait for it: it outlives a client that leaves (workerd cancels what nobody waits for).
      if (opened) waitUntil(first.catch(() => undefined))
      try {
        const allowed = await trips.run(opened ? 1 : 0, () => first)
        if (opened) return this.#decision(quota, allowed, window.used)
      } catch (error) {
        if (POLICIES[policy].onOutage === 'closed') throw error
        this.#goOnAlone(quota, window)
      }
    }
    if (window.used >= window.limit) return this.#decision(quota, false, window.used)
    window.used++
    if (window.askAgainAt === undefined) waitUntil(this.#countBehind(quota, window))
    return this.#decision(quota, true, window.used + quota.limit - window.limit)
  }

  /** Whether this isolate knows that a hot policy's window is used up. Asks nobody, counts nothing. */
  isUsedUp(policy: PolicyName, partition: Partition): boolean {
    const quota = this.#quota(policy, partition)
    const window = this.#windows.get(memoryKey(quota))
    const number = Math.floor(this.#options.now() / (quota.windowSeconds * 1_000))
    return window !== undefined && window.number === number && window.used >= window.limit
  }

  /**
   * Counts a request of a strict policy: exact, one trip; a denied partition is denied from memory
   * until its window ends, except an account's, whose next success clears the count.
   *
   * @throws StoreUnavailable when the store does not count it.
   */
  async strict(policy: PolicyName, partition: Partition, trips: Trips): Promise<Decision> {
    const quota = this.#quota(policy, partition)
    const wider = this.#isDenied(quota) ? undefined : this.#widerQuota(policy, partition)
    if (wider === undefined) return this.#countStrict(quota, trips)
    // Together, for one trip; what the narrower network is refused does not use up the wider one.
    const [narrow, wide] = await Promise.all([
      this.#countStrict(quota, trips),
      this.#countStrict(wider, trips),
    ])
    if (narrow.allowed) return wide.allowed ? narrow : wide
    if (!wide.remembered) await this.#giveBackTo(wider, wide, trips, 'one')
    return narrow
  }

  async #countStrict(quota: Quota, trips: Trips): Promise<Decision> {
    // A count that a success clears is asked for every time: the success may be in another isolate,
    // and what is remembered here would lock its own user out.
    const clears = POLICIES[quota.policy].partition === 'account'
    const remembered = this.#isDenied(quota)
    if (remembered && !clears) {
      return { ...this.#decision(quota, false, quota.limit), remembered }
    }
    const { allowed, used, reset } = await trips.run(1, () => this.#ask(quota))
    if (!allowed) remember(this.#deniedUntil, memoryKey(quota), reset)
    return { ...this.#decision(quota, allowed, used, reset), remembered: remembered && !allowed }
  }

  /** Gives back what {@link strict} counted, or clears all that the window has. */
  async giveBack(
    decision: Decision,
    partition: Partition,
    trips: Trips,
    amount: 'one' | 'all',
  ): Promise<void> {
    await this.#giveBackTo(this.#quota(decision.policy, partition), decision, trips, amount)
  }

  async #giveBackTo(
    quota: Quota,
    { policy, windowNumber }: Decision,
    trips: Trips,
    amount: 'one' | 'all',
  ): Promise<void> {
    const key = keys.limitWindow(policy, quota.key, windowNumber)
    await trips.run(1, () => this.#options.redis.eval(GIVE_BACK, [key], [amount]))
  }

  #quota(
    policy: PolicyName,
    partition: Partition,
    factor = partition === 'shared' ? SHARED_BUCKET_FACTOR : 1,
    own?: number,
  ): Quota {
    const { limit, windowSeconds } = this.#options.overrides[policy] ?? POLICIES[policy]
    const effective = Math.min(own ?? limit, limit) * factor
    const name = `${policy}:${effective}`
    let counter = this.#counters.get(name)
    if (counter === undefined) {
      counter = new Ratelimit({
        redis: this.#options.redis,
        limiter: Ratelimit.fixedWindow(effective, `${windowSeconds} s`),
        prefix: keys.limit(policy),
        analytics: false,
        ephemeralCache: false,
        // The library's own timer would answer `success: true`; the request's deadline decides.
        timeout: 0,
      })
      remember(this.#counters, name, counter)
    }
    return {
      policy,
      limit: effective,
      windowSeconds,
      key: partition === 'shared' ? 'shared' : partition.key,
      counter,
    }
  }

  #widerQuota(policy: PolicyName, partition: Partition): Quota | undefined {
    if (partition === 'shared' || partition.wider === undefined) return undefined
    return this.#quota(policy, { key: partition.wider }, WIDER_FACTOR)
  }

  /** Whether a strict policy has denied this window already, to this isolate's knowledge. */
  #isDenied(quota: Quota): boolean {
    return (this.#deniedUntil.get(memoryKey(quota)) ?? 0) > this.#options.now()
  }

  /** The window in memory; a missing, past or paused one is opened by asking the store. */
  #currentWindow(quota: Quota): { window: Window; opened: boolean } {
    const now = this.#options.now()
    const number = Math.floor(now / (quota.windowSeconds * 1_000))
    const known = this.#windows.get(memoryKey(quota))
    if (known?.number === number && now < (known.askAgainAt ?? Number.POSITIVE_INFINITY)) {
      return { window: known, opened: false }
    }
    const window: Window = {
      number,
      used: 1,
      limit: quota.limit,
      first: undefined,
      askAgainAt: undefined,
      alone: known?.number === number && known.askAgainAt !== undefined ? known.used : 0,
      uncounted: 0,
      counting: undefined,
    }
    window.first = this.#open(quota, window)
    remember(this.#windows, memoryKey(quota), window)
    return { window, opened: true }
  }

  async #open(quota: Quota, window: Window): Promise<boolean> {
    try {
      const { allowed, used } = await this.#ask(quota)
      // Others may have been counted here meanwhile; a window that went on alone stays as it is.
      if (window.askAgainAt === undefined) window.used = Math.max(window.used, used)
      return allowed
    } catch (error) {
      const current = this.#windows.get(memoryKey(quota)) === window
      if (current && window.askAgainAt === undefined) this.#windows.delete(memoryKey(quota))
      this.#options.log('warn', 'quota.not-counted', { policy: quota.policy })
      throw error
    } finally {
      window.first = undefined
    }
  }

  /**
   * Counts behind the answer. What is admitted while a count is on its way goes with the next, in
   * one call: under load the store is told at the pace it answers, not once a request.
   */
  async #countBehind(quota: Quota, window: Window): Promise<void> {
    window.uncounted++
    const { counting } = window
    if (counting !== undefined && this.#options.now() - counting.since < LOST_COUNT_MS) {
      await counting.done
      // Whoever wakes first takes them all along.
      if (window.uncounted === 0 || window.counting !== counting) return
    }
    const since = this.#options.now()
    // What a window does not need to know any more would be counted in the next one.
    if (window.number !== Math.floor(since / (quota.windowSeconds * 1_000))) return
    const rate = window.uncounted
    window.uncounted = 0
    window.counting = { since, done: this.#tell(quota, window, rate) }
    await window.counting.done
  }

  async #tell(quota: Quota, window: Window, rate: number): Promise<void> {
    try {
      const { used } = await this.#ask(quota, rate)
      window.used = Math.max(window.used, used + window.uncounted)
    } catch {
      // The window stays open through the outage; what was not counted is said.
      this.#options.log('warn', 'quota.not-counted', { policy: quota.policy, count: rate })
    }
  }

  /** The store cannot count: a small limit in this isolate, and soon another try. */
  #goOnAlone(quota: Quota, window: Window): void {
    if (window.askAgainAt !== undefined) return
    window.first = undefined
    window.used = window.alone
    window.limit = Math.min(quota.limit, LOCAL_LIMIT)
    window.askAgainAt = this.#options.now() + OUTAGE_PAUSE_MS
    remember(this.#windows, memoryKey(quota), window)
  }

  async #ask(quota: Quota, rate = 1): Promise<{ allowed: boolean; used: number; reset: number }> {
    const answer = await quota.counter.limit(quota.key, { rate })
    if (answer.reason === 'timeout' || !Number.isFinite(answer.remaining)) {
      throw new StoreUnavailable('quota not counted')
    }
    const used = answer.success ? quota.limit - answer.remaining : quota.limit
    return { allowed: answer.success, used, reset: answer.reset }
  }

  /** @param reset When the window ends that was counted in; it may have ended while asking. */
  #decision(quota: Quota, allowed: boolean, used: number, reset?: number): Decision {
    const windowMs = quota.windowSeconds * 1_000
    const now = this.#options.now()
    const end = reset ?? (Math.floor(now / windowMs) + 1) * windowMs
    return {
      policy: quota.policy,
      allowed,
      limit: quota.limit,
      windowSeconds: quota.windowSeconds,
      remaining: Math.max(0, quota.limit - used),
      resetSeconds: Math.max(1, Math.ceil((end - now) / 1_000)),
      windowNumber: end / windowMs - 1,
      remembered: false,
    }
  }
}

function memoryKey(quota: Quota): string {
  return `${quota.policy} ${quota.key}`
}

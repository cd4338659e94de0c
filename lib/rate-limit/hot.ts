import { remember } from '../bounded-map.ts'
import type { Trips } from '../store/client/trips.ts'
import { keys } from '../store/keys.ts'
import { Counter, type LimiterOptions, memoryKey, type Quota } from './counter.ts'
import { type HotPolicyName, LOCAL_LIMIT, POLICIES } from './policies.ts'
import { type CountedWindow, Teller } from './teller.ts'
import type { Decision, Partition, WaitUntil } from './types.ts'

/** What one isolate knows of one partition in one window. */
interface Window extends CountedWindow {
  /** The request that opened the window, while it asks the store. */
  first: Promise<boolean> | undefined
  /** What this isolate admitted by itself in earlier pauses of the same window. */
  alone: number
}

export interface HotLimiterOptions extends LimiterOptions {
  /** Names this isolate in the store. */
  randomId: () => string
}

const OUTAGE_PAUSE_MS = 2_000

/**
 * The quotas that every request meets, in the gate.
 *
 * Windows are kept in memory above the library's `fixedWindow` rather than by its
 * `cachedFixedWindow`, which admits too many when first answers overlap, never forgets a key and,
 * comparing a number with a string, never lets its Redis keys expire.
 *
 * Bound on over-admission: `n` isolates admit `n` times the limit when all requests come at once, before
 * one has heard of another; one and a half times when they come spread over the window. {@link Teller}
 * says why.
 */
export class HotLimiter {
  readonly #counter: Counter
  readonly #teller: Teller
  readonly #windows = new Map<string, Window>()

  constructor(options: HotLimiterOptions) {
    this.#counter = new Counter(options)
    this.#teller = new Teller(options)
  }

  /**
   * Counts a request of a hot policy. Only the first requests of a window wait for the store, for
   * one shared answer; later ones are decided in memory and counted in the background.
   *
   * @param wait `false` never waits: a bad token is counted, not served. `limit` is the partition's
   *   own, at most the policy's.
   * @throws StoreUnavailable when the first answer does not come and the policy is `closed`.
   */
  async count(
    policy: HotPolicyName,
    partition: Partition,
    trips: Trips,
    waitUntil: WaitUntil,
    { wait, limit }: { wait: boolean; limit?: number | undefined },
  ): Promise<Decision> {
    const wider = this.#counter.wider(policy, partition)
    // Each new network within one that is used up would open a window of its own, by a trip.
    if (wider !== undefined && this.#isFull(wider)) {
      return this.#counter.decision(wider, false, wider.limit)
    }
    const quota = this.#counter.quota(policy, partition, undefined, limit)
    const narrow = await this.#countHot(quota, trips, waitUntil, wait)
    if (wider === undefined || !narrow.allowed) return narrow
    const wide = await this.#countHot(wider, trips, waitUntil, wait)
    return wide.allowed ? narrow : wide
  }

  async #countHot(
    quota: Quota<HotPolicyName>,
    trips: Trips,
    waitUntil: WaitUntil,
    wait: boolean,
  ): Promise<Decision> {
    const { policy } = quota
    const { window, opened } = this.#currentWindow(quota)
    if (window.first !== undefined) {
      const { first } = window
      if (!wait) {
        if (!opened && window.used >= window.limit)
          return this.#counter.decision(quota, false, window.used)
        if (opened) waitUntil(first.catch(() => undefined))
        else this.#admit(window, waitUntil)
        return this.#counter.decision(quota, true, window.used)
      }
      // Other requests wait for this answer. `waitUntil` keeps it alive when this client leaves: workerd
      // cancels a promise that nothing waits for.
      if (opened) waitUntil(first.catch(() => undefined))
      try {
        const allowed = await trips.run(opened ? 1 : 0, () => first)
        if (opened) return this.#counter.decision(quota, allowed, window.used)
      } catch (error) {
        if (POLICIES[policy].onOutage === 'closed') throw error
        this.#goOnAlone(quota, window)
      }
    }
    if (window.used >= window.limit) return this.#counter.decision(quota, false, window.used)
    if (window.askAgainAt === undefined) this.#admit(window, waitUntil)
    else window.used++
    return this.#counter.decision(quota, true, window.used + quota.limit - window.limit)
  }

  /**
   * Whether this isolate knows that a hot policy's window is used up, or that of the wider network.
   * Asks nobody, counts nothing.
   */
  isUsedUp(policy: HotPolicyName, partition: Partition): boolean {
    const wider = this.#counter.wider(policy, partition)
    if (wider !== undefined && this.#isFull(wider)) return true
    return this.#isFull(this.#counter.quota(policy, partition))
  }

  #isFull(quota: Quota): boolean {
    const window = this.#windows.get(memoryKey(quota))
    const number = Math.floor(this.#counter.options.now() / (quota.windowSeconds * 1_000))
    return window !== undefined && window.number === number && window.used >= window.limit
  }

  /** The window in memory; a missing, past or paused one is opened by asking the store. */
  #currentWindow(quota: Quota): { window: Window; opened: boolean } {
    const now = this.#counter.options.now()
    const number = Math.floor(now / (quota.windowSeconds * 1_000))
    const known = this.#windows.get(memoryKey(quota))
    if (known?.number === number && now < (known.askAgainAt ?? Number.POSITIVE_INFINITY)) {
      return { window: known, opened: false }
    }
    const window: Window = {
      key: keys.limitWindow(quota.policy, quota.key, number),
      windowMs: quota.windowSeconds * 1_000,
      number,
      limit: quota.limit,
      used: 1,
      stored: 0,
      own: 0,
      untold: 0,
      first: undefined,
      askAgainAt: undefined,
      alone: known?.number === number && known.askAgainAt !== undefined ? known.used : 0,
    }
    window.first = this.#open(quota, window)
    remember(this.#windows, memoryKey(quota), window)
    return { window, opened: true }
  }

  async #open(quota: Quota, window: Window): Promise<boolean> {
    try {
      const { allowed, used } = await this.#counter.ask(quota)
      window.stored = Math.max(window.stored, used)
      window.own++
      // Others may have been admitted here meanwhile; a window that went on alone stays as it is.
      if (window.askAgainAt === undefined) {
        window.used = Math.max(window.used, used + window.untold)
      }
      return allowed
    } catch (error) {
      const current = this.#windows.get(memoryKey(quota)) === window
      if (current && window.askAgainAt === undefined) this.#windows.delete(memoryKey(quota))
      this.#counter.options.log('warn', 'quota.not-counted', { policy: quota.policy })
      throw error
    } finally {
      window.first = undefined
    }
  }

  /** Decided in memory; the store is told behind the answer. */
  #admit(window: Window, waitUntil: WaitUntil): void {
    window.used++
    this.#teller.admitted(window, waitUntil)
  }

  /** The store cannot count: a small limit in this isolate, and soon another try. */
  #goOnAlone(quota: Quota, window: Window): void {
    if (window.askAgainAt !== undefined) return
    window.first = undefined
    window.used = window.alone
    window.limit = Math.min(quota.limit, LOCAL_LIMIT)
    window.askAgainAt = this.#counter.options.now() + OUTAGE_PAUSE_MS
    remember(this.#windows, memoryKey(quota), window)
  }
}

import { remember } from '../bounded-map.ts'
import type { Trips } from '../store/client/trips.ts'
import { keys } from '../store/keys.ts'
import { COUNT_BELOW } from '../store/scripts/tellings.ts'
import { Counter, type LimiterOptions, memoryKey, type OwnLimit, type Quota } from './counter.ts'
import { type HotPolicyName, LOCAL_LIMIT, POLICIES } from './policies.ts'
import { type CountedWindow, Teller } from './teller.ts'
import type { Decision, Partition, WaitUntil } from './types.ts'
import { boundsOf, MINUTE_MS, minuteOf, windowAt } from './windows.ts'

/** What one isolate knows of one partition in one window. */
interface Window extends CountedWindow {
  /** Which of the policy's windows. */
  name: string
  /** The request that opened the window, while it asks the store. */
  first: Promise<boolean> | undefined
  /** What this isolate admitted by itself in earlier pauses of the same minute. */
  alone: number
  /** In which minute since the epoch it went on alone. */
  aloneIn: number
  /** Requests that wait for an exact answer; they are among those that are used. */
  asking: number
}

export interface HotLimiterOptions extends LimiterOptions {
  /** Names this isolate in the store. */
  randomId: () => string
}

/** One of several quotas that a request counts for. */
export interface HotQuota extends OwnLimit {
  policy: HotPolicyName
  partition: Partition
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
 * says why. Of a month `n` isolates admit `n` times one hundredth of the limit beyond it at most, and none
 * more than 1,000: an isolate whose requests the store has not heard of are as many asks it for each.
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
   * @param wait `false` never waits: a bad token is counted, not served. `limit` is the partition's own.
   *   `times`: as so many requests, or as none.
   * @throws StoreUnavailable when the first answer does not come and the policy is `closed`.
   */
  async count(
    policy: HotPolicyName,
    partition: Partition,
    trips: Trips,
    waitUntil: WaitUntil,
    { wait, times = 1, ...own }: { wait: boolean; times?: number } & OwnLimit,
  ): Promise<Decision> {
    const wider = this.#counter.wider(policy, partition)
    // Each new network within one that is used up would open a window of its own, by a trip.
    if (wider !== undefined && this.#isFull(wider)) {
      return this.#counter.decision(wider, false, wider.limit)
    }
    const quota = this.#counter.quota(policy, partition, undefined, own)
    for (let counted = 0; ; counted++) {
      const narrow = await this.#countHot(quota, trips, waitUntil, wait)
      const isWide = wider !== undefined && narrow.allowed
      const wide = isWide ? await this.#countHot(wider, trips, waitUntil, wait) : narrow
      if (!wide.allowed) {
        for (const each of [quota, wider]) this.#takeBack(each, waitUntil, counted)
        return left(wide, counted)
      }
      if (counted + 1 >= times) return narrow
    }
  }

  /**
   * Counts a request in several quotas at once. If one of them is known to be used up it is counted in none:
   * a key that has used up its own does not use up its owner's.
   *
   * @param times As so many requests, or as none.
   * @returns A decision of each; those without a limit are counted, and not among them.
   */
  async countAll(
    wanted: readonly HotQuota[],
    trips: Trips,
    waitUntil: WaitUntil,
    times = 1,
  ): Promise<Decision[]> {
    const quotas = wanted.map(({ policy, partition, ...own }) =>
      this.#counter.quota(policy, partition, undefined, own),
    )
    for (let counted = 0; ; counted++) {
      const decisions = await this.#countOnce(quotas, trips, waitUntil)
      if (decisions.some(({ allowed }) => !allowed)) {
        for (const quota of quotas) this.#takeBack(quota, waitUntil, counted)
        return decisions.map((decision) => left(decision, counted))
      }
      if (counted + 1 >= times) return decisions
    }
  }

  async #countOnce(
    quotas: readonly Quota<HotPolicyName>[],
    trips: Trips,
    waitUntil: WaitUntil,
  ): Promise<Decision[]> {
    if (quotas.some((quota) => this.#isFull(quota))) {
      return finite(quotas.flatMap((quota) => this.#known(quota) ?? []))
    }
    const decisions = await Promise.all(
      quotas.map((quota) => this.#countHot(quota, trips, waitUntil, Number.isFinite(quota.limit))),
    )
    // Several that came at once have all been counted before one was known to be used up.
    if (decisions.some(({ allowed }) => !allowed)) {
      for (const [index, quota] of quotas.entries()) {
        if (decisions[index]?.allowed) this.#takeBack(quota, waitUntil, 1)
      }
    }
    return finite(decisions)
  }

  /**
   * Has something else told with what is counted here.
   *
   * @param tell Told at the same times.
   * @returns Whether that will be soon.
   */
  carry(tell: () => Promise<void>): () => boolean {
    return this.#teller.carry(tell)
  }

  #takeBack(quota: Quota | undefined, waitUntil: WaitUntil, count: number): void {
    const window = quota && this.#windowOf(quota)
    if (window === undefined || count === 0) return
    window.used -= count
    if (window.askAgainAt === undefined) this.#teller.takenBack(window, count, waitUntil)
  }

  /** What is known of a quota, without counting. */
  #known(quota: Quota): Decision | undefined {
    const window = this.#windowOf(quota)
    if (window === undefined) return undefined
    return this.#decision(quota, window, !this.#isFull(quota))
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
        if (!opened && window.used >= window.limit) return this.#decision(quota, window, false)
        if (opened) waitUntil(first.catch(() => undefined))
        else this.#admit(window, waitUntil)
        return this.#decision(quota, window, true)
      }
      // Other requests wait for this answer. `waitUntil` keeps it alive when this client leaves: workerd
      // cancels a promise that nothing waits for.
      if (opened) waitUntil(first.catch(() => undefined))
      try {
        const allowed = await trips.run(opened ? 1 : 0, () => first)
        if (opened) return this.#decision(quota, window, allowed)
      } catch (error) {
        if (POLICIES[policy].onOutage === 'closed') throw error
        this.#goOnAlone(quota, window)
      }
    }
    if (window.askAgainAt === undefined && window.used < window.limit) {
      if (window.unheard < window.allowance) {
        this.#admit(window, waitUntil)
        return this.#decision(quota, window, true)
      }
      const asked = this.#askExactly(quota, window)
      waitUntil(asked.catch(() => undefined))
      try {
        return this.#decision(quota, window, await trips.run(1, () => asked))
      } catch {
        this.#goOnAlone(quota, window)
      }
    }
    const allowed = window.askAgainAt !== undefined && window.used < window.limit
    if (allowed) window.used++
    return this.#decision(quota, window, allowed)
  }

  /**
   * Asks the store for one request alone: the requests that it has not heard of are as many as may be. It
   * takes its place in memory first, so that others here do not take the same.
   */
  async #askExactly(quota: Quota, window: Window): Promise<boolean> {
    window.used++
    window.asking++
    try {
      const { allowed, used } = await this.#ask(quota)
      if (allowed) window.own++
      window.stored = Math.max(window.stored, used)
      window.asking--
      if (window.askAgainAt === undefined) {
        window.used = Math.max(window.used, used + window.unheard + window.asking)
      }
      return allowed
    } catch (error) {
      window.used--
      window.asking--
      this.#counter.options.log('warn', 'quota.not-counted', { policy: quota.policy })
      throw error
    }
  }

  /** The library has no windows of the calendar. What is denied of one is not counted. */
  async #ask(quota: Quota): Promise<{ allowed: boolean; used: number }> {
    if (!('calendar' in POLICIES[quota.policy])) return this.#counter.ask(quota)
    const { redis, now } = this.#counter.options
    const { name, ms } = windowAt(quota, now())
    const counterKey = keys.limitWindow(quota.policy, quota.key, name)
    const limit = Math.min(quota.limit, Number.MAX_SAFE_INTEGER)
    const command = COUNT_BELOW.command({ counterKey }, { limit, window: ms })
    const { status, count } = COUNT_BELOW.parse(await redis.eval(...command))
    return { allowed: status === 'counted', used: count }
  }

  /** A window that goes on alone denies until the end of the minute: then it allows a few again. */
  #decision(quota: Quota, window: Window, allowed: boolean): Decision {
    const isAlone = window.askAgainAt !== undefined
    const used = isAlone ? window.used + quota.limit - window.limit : window.used
    const minuteEnd = (minuteOf(this.#counter.options.now()) + 1) * MINUTE_MS
    const reset = isAlone && !allowed ? Math.min(window.endsAt, minuteEnd) : window.endsAt
    return this.#counter.decision(quota, allowed, used, reset)
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
    const window = this.#windowOf(quota)
    if (window === undefined) return false
    // The limit may be another since the last request: the account has another plan.
    const limit = window.askAgainAt === undefined ? quota.limit : window.limit
    return window.used >= limit
  }

  /** The window of now, unless it is time to ask the store for it again. */
  #windowOf(quota: Quota): Window | undefined {
    const now = this.#counter.options.now()
    const known = this.#windows.get(memoryKey(quota))
    const isOpen = now < (known?.askAgainAt ?? Number.POSITIVE_INFINITY)
    return known?.name === windowAt(quota, now).name && isOpen ? known : undefined
  }

  /** The window in memory; a missing, past or paused one is opened by asking the store. */
  #currentWindow(quota: Quota): { window: Window; opened: boolean } {
    const open = this.#windowOf(quota)
    if (open !== undefined) {
      if (open.askAgainAt === undefined) Object.assign(open, boundsOf(quota))
      return { window: open, opened: false }
    }
    const now = this.#counter.options.now()
    const known = this.#windows.get(memoryKey(quota))
    const { name, endsAt, ms } = windowAt(quota, now)
    const isSame = known?.name === name && known.aloneIn === minuteOf(now)
    const window: Window = {
      key: keys.limitWindow(quota.policy, quota.key, name),
      windowMs: ms,
      name,
      endsAt,
      ...boundsOf(quota),
      used: 1,
      stored: 0,
      own: 0,
      untold: 0,
      unheard: 0,
      asking: 0,
      first: undefined,
      askAgainAt: undefined,
      alone: isSame && known.askAgainAt !== undefined ? known.used : 0,
      aloneIn: minuteOf(now),
    }
    window.first = this.#open(quota, window)
    remember(this.#windows, memoryKey(quota), window)
    return { window, opened: true }
  }

  async #open(quota: Quota, window: Window): Promise<boolean> {
    try {
      const { allowed, used } = await this.#ask(quota)
      window.stored = Math.max(window.stored, used)
      if (allowed) window.own++
      // Others may have been admitted here meanwhile; a window that went on alone stays as it is.
      if (window.askAgainAt === undefined) {
        window.used = Math.max(window.used, used + window.unheard + window.asking)
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
    const now = this.#counter.options.now()
    window.first = undefined
    window.used = window.alone
    window.limit = Math.min(quota.limit, LOCAL_LIMIT)
    window.askAgainAt = now + OUTAGE_PAUSE_MS
    window.aloneIn = minuteOf(now)
    remember(this.#windows, memoryKey(quota), window)
  }
}

/** A decision after so many requests were taken back. */
function left(decision: Decision, count: number): Decision {
  return { ...decision, remaining: decision.remaining + count }
}

/** Those of quotas that have a limit. */
function finite(decisions: readonly Decision[]): Decision[] {
  return decisions.filter(({ limit }) => Number.isFinite(limit))
}

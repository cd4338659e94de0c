import { remember } from '../bounded-map.ts'
import { StoreUnavailable } from '../contract/problems.ts'
import type { Trips } from '../store/client/trips.ts'
import { keys } from '../store/keys.ts'
import { COUNT_EACH, GIVE_BACK_QUOTA } from '../store/scripts/quotas.ts'
import { Counter, type LimiterOptions, memoryKey, type Quota } from './counter.ts'
import { type ClearedPolicyName, POLICIES, type StrictPolicyName } from './policies.ts'
import type { Counted, Decision, GivenBack, Partition } from './types.ts'

/** The quotas of operations that invite guessing or misuse. The endpoint counts them: exact, one trip each. */
export class StrictLimiter {
  readonly #counter: Counter
  readonly #deniedUntil = new Map<string, number>()

  constructor(options: LimiterOptions) {
    this.#counter = new Counter(options)
  }

  /**
   * Counts a request of a strict policy: exact, one trip; a denied partition is denied from memory
   * until its window ends, unless a success clears the count.
   *
   * @param rate As how many requests it counts.
   * @throws StoreUnavailable when the store does not count it.
   */
  async count<name extends StrictPolicyName>(
    policy: name,
    partition: Partition,
    trips: Trips,
    rate = 1,
  ): Promise<Decision<name>> {
    const quota = this.#counter.quota(policy, partition)
    const wider = this.#isDenied(quota) ? undefined : this.#counter.wider(policy, partition)
    if (wider === undefined) return this.#countStrict(quota, trips, rate)
    // Both at once, for one trip. A request that the narrower network refuses is given back to the wider.
    const [narrow, wide] = await Promise.all([
      this.#countStrict(quota, trips, rate),
      this.#countStrict(wider, trips, rate),
    ])
    if (narrow.allowed) return wide.allowed ? narrow : wide
    if (!wide.remembered) {
      const key = keys.limitWindow(policy, wider.key, wide.windowNumber)
      await this.#giveBackTo([key], trips, 'one')
    }
    return narrow
  }

  async #countStrict<name extends StrictPolicyName>(
    quota: Quota<name>,
    trips: Trips,
    rate: number,
  ): Promise<Decision<name>> {
    const clears = POLICIES[quota.policy].onSuccess === 'clears'
    const remembered = this.#isDenied(quota)
    if (remembered && !clears) {
      return { ...this.#counter.decision(quota, false, quota.limit), remembered }
    }
    const { allowed, used, reset } = await trips.run(1, () => this.#counter.ask(quota, rate))
    if (!allowed) remember(this.#deniedUntil, memoryKey(quota), reset)
    return {
      ...this.#counter.decision(quota, allowed, used, reset),
      remembered: remembered && !allowed,
    }
  }

  /**
   * Counts a request in several partitions of a policy that a success clears: one command for all.
   *
   * @throws StoreUnavailable when the store does not count it.
   */
  async countEach<name extends ClearedPolicyName>(
    policy: name,
    partitions: readonly Partition[],
    trips: Trips,
  ): Promise<Decision<name>[]> {
    const { redis, now } = this.#counter.options
    const quotas = partitions.map((partition) => this.#counter.quota(policy, partition))
    const windowMs = (quotas[0]?.windowSeconds ?? 1) * 1_000
    const number = Math.floor(now() / windowMs)
    const counterKeys = quotas.map(({ key }) => keys.limitWindow(policy, key, number))
    const command = COUNT_EACH.command({ counterKeys }, { window: windowMs })
    const { counts } = COUNT_EACH.parse(await trips.run(1, () => redis.eval(...command)))
    return quotas.map((quota, index) => {
      const count = Number(counts[index] ?? Number.NaN)
      if (!(count > 0)) throw new StoreUnavailable('quota not counted')
      const allowed = count <= quota.limit
      const reset = (number + 1) * windowMs
      const remembered = !allowed && this.#isDenied(quota)
      if (!allowed) remember(this.#deniedUntil, memoryKey(quota), reset)
      const used = Math.min(count, quota.limit)
      return { ...this.#counter.decision(quota, allowed, used, reset), remembered }
    })
  }

  /** Gives back what was counted of one policy, or clears all that the windows have: one command. */
  async giveBack<name extends StrictPolicyName>(
    counted: readonly Counted<name>[],
    trips: Trips,
    amount: GivenBack<name>,
  ): Promise<void> {
    const counterKeys = counted.map(({ decision: { policy, windowNumber }, partition }) =>
      keys.limitWindow(policy, this.#counter.quota(policy, partition).key, windowNumber),
    )
    await this.#giveBackTo(counterKeys, trips, amount)
  }

  async #giveBackTo(
    counterKeys: readonly string[],
    trips: Trips,
    amount: 'one' | 'all',
  ): Promise<void> {
    const command = GIVE_BACK_QUOTA.command({ counterKeys }, { amount })
    await trips.run(1, () => this.#counter.options.redis.eval(...command))
  }

  /** Whether a strict policy has denied this window already, to this isolate's knowledge. */
  #isDenied(quota: Quota): boolean {
    return (this.#deniedUntil.get(memoryKey(quota)) ?? 0) > this.#counter.options.now()
  }
}

import { remember } from '../bounded-map.ts'
import type { Trips } from '../store/client/trips.ts'
import { keys } from '../store/keys.ts'
import { GIVE_BACK_QUOTA } from '../store/scripts/quotas.ts'
import { Counter, type LimiterOptions, memoryKey, type Quota } from './counter.ts'
import { POLICIES, type StrictPolicyName } from './policies.ts'
import type { Decision, GivenBack, Partition } from './types.ts'

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
   * @throws StoreUnavailable when the store does not count it.
   */
  async count<name extends StrictPolicyName>(
    policy: name,
    partition: Partition,
    trips: Trips,
  ): Promise<Decision<name>> {
    const quota = this.#counter.quota(policy, partition)
    const wider = this.#isDenied(quota) ? undefined : this.#counter.wider(policy, partition)
    if (wider === undefined) return this.#countStrict(quota, trips)
    // Both at once, for one trip. A request that the narrower network refuses is given back to the wider.
    const [narrow, wide] = await Promise.all([
      this.#countStrict(quota, trips),
      this.#countStrict(wider, trips),
    ])
    if (narrow.allowed) return wide.allowed ? narrow : wide
    if (!wide.remembered) await this.#giveBackTo(wider, wide, trips, 'one')
    return narrow
  }

  async #countStrict<name extends StrictPolicyName>(
    quota: Quota<name>,
    trips: Trips,
  ): Promise<Decision<name>> {
    const clears = POLICIES[quota.policy].onSuccess === 'clears'
    const remembered = this.#isDenied(quota)
    if (remembered && !clears) {
      return { ...this.#counter.decision(quota, false, quota.limit), remembered }
    }
    const { allowed, used, reset } = await trips.run(1, () => this.#counter.ask(quota))
    if (!allowed) remember(this.#deniedUntil, memoryKey(quota), reset)
    return {
      ...this.#counter.decision(quota, allowed, used, reset),
      remembered: remembered && !allowed,
    }
  }

  /** Gives back what {@link count} counted, or clears all that the window has. */
  async giveBack<name extends StrictPolicyName>(
    decision: Decision<name>,
    partition: Partition,
    trips: Trips,
    amount: GivenBack<name>,
  ): Promise<void> {
    await this.#giveBackTo(this.#counter.quota(decision.policy, partition), decision, trips, amount)
  }

  async #giveBackTo(
    quota: Quota,
    { policy, windowNumber }: Decision,
    trips: Trips,
    amount: 'one' | 'all',
  ): Promise<void> {
    const key = keys.limitWindow(policy, quota.key, windowNumber)
    const command = GIVE_BACK_QUOTA.command({ counterKey: key }, { amount })
    await trips.run(1, () => this.#counter.options.redis.eval(...command))
  }

  /** Whether a strict policy has denied this window already, to this isolate's knowledge. */
  #isDenied(quota: Quota): boolean {
    return (this.#deniedUntil.get(memoryKey(quota)) ?? 0) > this.#counter.options.now()
  }
}

import type { Quotas } from '../auth/types.ts'
import type { Log } from '../log.ts'
import type { ClearedPolicyName, PolicyName, StrictPolicyName } from '../rate-limit/policies.ts'
import type { StrictLimiter } from '../rate-limit/strict.ts'
import type { Counted, Decision, GivenBack, Partition } from '../rate-limit/types.ts'
import type { Trips } from '../store/client/trips.ts'

/** The strict quotas of one request, with every decision kept for the answer's headers. */
export class RequestQuotas implements Quotas {
  readonly decisions: Decision[] = []
  readonly #limiter: StrictLimiter
  readonly #trips: Trips
  readonly #log: Log
  readonly #later: (work: Promise<unknown>) => void
  readonly #onDenied: (policy: PolicyName, user: string | undefined) => void

  constructor(
    limiter: StrictLimiter,
    trips: Trips,
    log: Log,
    onDenied: (policy: PolicyName, user: string | undefined) => void,
    later: (work: Promise<unknown>) => void,
  ) {
    this.#later = later
    this.#onDenied = onDenied
    this.#limiter = limiter
    this.#trips = trips
    this.#log = log
  }

  async count<name extends StrictPolicyName>(
    policy: name,
    partition: Partition,
  ): Promise<Decision<name>> {
    const decision = await this.countQuietly(policy, partition)
    this.show(decision)
    return decision
  }

  countQuietly<name extends StrictPolicyName>(
    policy: name,
    partition: Partition,
    rate?: number,
  ): Promise<Decision<name>> {
    return this.#limiter.count(policy, partition, this.#trips, rate)
  }

  show(decision: Decision, user?: string): void {
    this.decisions.push(decision)
    // Once in a window and isolate: later denials are decided in memory and must not write to the store.
    if (!decision.allowed && !decision.remembered) this.#onDenied(decision.policy, user)
  }

  countEachQuietly<name extends ClearedPolicyName>(
    policy: name,
    partitions: readonly Partition[],
  ): Promise<Decision<name>[]> {
    return this.#limiter.countEach(policy, partitions, this.#trips)
  }

  giveBack<name extends StrictPolicyName>(
    counted: readonly Counted<name>[],
    amount: GivenBack<name>,
  ): Promise<void> {
    return this.#giveBackTo(this.#trips, counted, amount)
  }

  giveBackLater<name extends StrictPolicyName>(
    counted: readonly Counted<name>[],
    amount: GivenBack<name>,
  ): void {
    this.#later(this.#giveBackTo(this.#trips.behind(), counted, amount))
  }

  async #giveBackTo<name extends StrictPolicyName>(
    trips: Trips,
    counted: readonly Counted<name>[],
    amount: GivenBack<name>,
  ): Promise<void> {
    try {
      await this.#limiter.giveBack(counted, trips, amount)
    } catch {
      // The caller has succeeded: a count that is not given back costs some quota, and not the answer.
      this.#log('warn', 'quota.not-given-back', { policy: counted[0]?.decision.policy })
    }
  }
}

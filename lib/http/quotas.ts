import type { Quotas } from '../auth/types.ts'
import type { Log } from '../log.ts'
import type { PolicyName, StrictPolicyName } from '../rate-limit/policies.ts'
import type { StrictLimiter } from '../rate-limit/strict.ts'
import type { Decision, GivenBack, Partition } from '../rate-limit/types.ts'
import type { Trips } from '../store/client/trips.ts'

/** The strict quotas of one request, with every decision kept for the answer's headers. */
export class RequestQuotas implements Quotas {
  readonly decisions: Decision[] = []
  readonly #limiter: StrictLimiter
  readonly #trips: Trips
  readonly #log: Log
  readonly #onDenied: (policy: PolicyName, user: string | undefined) => void

  constructor(
    limiter: StrictLimiter,
    trips: Trips,
    log: Log,
    onDenied: (policy: PolicyName, user: string | undefined) => void,
  ) {
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
  ): Promise<Decision<name>> {
    return this.#limiter.count(policy, partition, this.#trips)
  }

  show(decision: Decision, user?: string): void {
    this.decisions.push(decision)
    // Once in a window and isolate: later denials are decided in memory and must not write to the store.
    if (!decision.allowed && !decision.remembered) this.#onDenied(decision.policy, user)
  }

  async giveBack<name extends StrictPolicyName>(
    decision: Decision<name>,
    partition: Partition,
    amount: GivenBack<name>,
  ): Promise<void> {
    try {
      await this.#limiter.giveBack(decision, partition, this.#trips, amount)
    } catch {
      // The caller has succeeded: a count that is not given back costs some quota, and not the answer.
      this.#log('warn', 'quota.not-given-back', { policy: decision.policy })
    }
  }
}

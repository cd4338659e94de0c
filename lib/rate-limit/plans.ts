import { remember } from '../bounded-map.ts'
import type { Log } from '../log.ts'
import { DEFAULT_PLAN } from '../store/rules.ts'
import { POLICIES } from './policies.ts'

/** What an account may use. A member that is absent has no limit. */
export interface Plan {
  /** Requests a minute. */
  minute?: number
  /** Requests a calendar month, UTC. */
  month?: number
  /** API keys at the same time. */
  keys?: number
}

/** The plan table. `PLANS` overrides and adds rows. */
export const PLANS: Readonly<Record<string, Plan>> & { free: Plan } = {
  free: { minute: 600, month: 100_000, keys: 10 },
  pro: { minute: 3_000, month: 3_000_000, keys: 100 },
  unlimited: {},
}

/** A plan as the limiter counts by it; undefined: without a limit. */
export interface PlanLimits {
  name: string
  minute: { limit: number; windowSeconds: number } | undefined
  month: number | undefined
  keys: number | undefined
  /** The largest quota that one of its API keys can have, in requests a minute. */
  largestKey: number
}

function largestKeyLimit(minute = Number.POSITIVE_INFINITY): number {
  return Math.max(POLICIES.key.limit, minute)
}

/** A limit as so many requests a minute. */
export function perMinute({ limit, windowSeconds }: NonNullable<PlanLimits['minute']>): number {
  return Math.ceil((limit * MINUTE_SECONDS) / windowSeconds)
}

/** What `RATE_LIMITS` says of quotas that are a plan's. */
interface Overrides {
  user?: { limit: number; windowSeconds: number }
  month?: { limit: number }
}

const MINUTE_SECONDS = 60

/**
 * The plans of this deployment.
 *
 * `RATE_LIMITS` may have rows `user` and `month`, from before there were plans. They are the limits of the
 * plan `free`, unless `PLANS` has a row for it: the more particular setting holds.
 */
export class Plans {
  readonly #rows: ReadonlyMap<string, PlanLimits>
  readonly #log: Log
  readonly #warned = new Map<string, true>()

  /** @param set The rows of `PLANS`. */
  constructor(set: ReadonlyMap<string, Plan>, { user, month }: Overrides, log: Log) {
    this.#log = log
    const rows = new Map([...Object.entries(PLANS), ...set])
    this.#rows = new Map(
      [...rows].map(([name, plan]) => {
        const overridden = name === DEFAULT_PLAN && !set.has(name)
        const minute =
          plan.minute === undefined
            ? undefined
            : { limit: plan.minute, windowSeconds: MINUTE_SECONDS }
        const own = overridden ? (user ?? minute) : minute
        return [
          name,
          {
            name,
            minute: own,
            month: overridden ? (month?.limit ?? plan.month) : plan.month,
            keys: plan.keys,
            largestKey: largestKeyLimit(own && perMinute(own)),
          },
        ]
      }),
    )
  }

  /** The names that an account may have. */
  get names(): string[] {
    return [...this.#rows.keys()]
  }

  /** The plan of a name. One that is not there is taken for `free`, and the log says so once. */
  of(name: string | undefined): PlanLimits {
    const found = this.#rows.get(name ?? DEFAULT_PLAN)
    if (found !== undefined) return found
    if (name !== undefined && !this.#warned.has(name)) {
      remember(this.#warned, name, true)
      this.#log('warn', 'plan.unknown', { taken: DEFAULT_PLAN })
    }
    return this.of(undefined)
  }
}

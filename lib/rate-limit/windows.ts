import { monthOf } from '../store/days.ts'
import { POLICIES, type PolicyName } from './policies.ts'

export const MINUTE_MS = 60_000
/** No isolate may admit more of a month beyond its limit: a share of the limit, and a number. */
const MONTH_ALLOWANCE = { share: 0.01, most: 1_000 }

/** When a window begins and ends, and how it is told from the others of its partition. */
export interface WindowTimes {
  /** In the name of its key. */
  name: string
  /** Epoch milliseconds. */
  endsAt: number
  ms: number
}

/** The window of a quota at a time, in epoch milliseconds. */
export function windowAt(
  { policy, windowSeconds }: { policy: PolicyName; windowSeconds: number },
  now: number,
): WindowTimes {
  if ('calendar' in POLICIES[policy]) {
    const date = new Date(now)
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    const endsAt = Date.UTC(year, month + 1)
    return { name: monthOf(now), endsAt, ms: endsAt - Date.UTC(year, month) }
  }
  const ms = windowSeconds * 1_000
  const number = Math.floor(now / ms)
  return { name: String(number), endsAt: (number + 1) * ms, ms }
}

/** How many a window admits, and how many of them the store need not have heard of. */
export function boundsOf({ policy, limit }: { policy: PolicyName; limit: number }): {
  limit: number
  allowance: number
} {
  const { share, most } = MONTH_ALLOWANCE
  const isBound = 'calendar' in POLICIES[policy] && Number.isFinite(limit)
  const allowance = isBound ? Math.min(Math.floor(limit * share), most) : Number.POSITIVE_INFINITY
  return { limit, allowance }
}

/** Which minute since the epoch it is. */
export function minuteOf(now: number): number {
  return Math.floor(now / MINUTE_MS)
}

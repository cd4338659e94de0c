import { monthOf } from '../store/days.ts'
import { POLICIES, type PolicyName } from './policies.ts'

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

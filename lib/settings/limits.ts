import { POLICIES, type PolicyName } from '../rate-limit/policies.ts'
import { parseDuration, type Read } from './readers.ts'
import type { Settings } from './types.ts'

export function limits(read: Read, faults: string[]): Settings['limits'] {
  const value = read('RATE_LIMITS')
  if (value === undefined) return {}
  const form = 'RATE_LIMITS is not of the form {"signin":{"limit":20,"window":"1m"}}'
  let rows: unknown
  try {
    rows = JSON.parse(value)
  } catch {
    faults.push(`${form}: it is not JSON.`)
    return {}
  }
  if (typeof rows !== 'object' || rows === null || Array.isArray(rows)) {
    faults.push(`${form}.`)
    return {}
  }
  const overrides: Settings['limits'] = {}
  for (const [name, row] of Object.entries(rows)) {
    if (!isPolicyName(name)) {
      faults.push(`RATE_LIMITS names no policy: ${JSON.stringify(name).slice(0, 40)}.`)
      continue
    }
    const override = limitOverride(name, row)
    if (override === undefined) faults.push(`${form}: ${name}.`)
    else overrides[name] = override
  }
  return overrides
}

/** A number alone is the limit; an object may say `limit`, `window` or both, and nothing else. */
function limitOverride(
  name: PolicyName,
  row: unknown,
): { limit: number; windowSeconds: number } | undefined {
  if (typeof row === 'number') return limitOverride(name, { limit: row })
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined
  const known = Object.keys(row).every((key) => key === 'limit' || key === 'window')
  const {
    limit = POLICIES[name].limit,
    window = POLICIES[name].windowSeconds,
  }: {
    limit?: unknown
    window?: unknown
  } = row
  // The window of a month is the month, whatever is said.
  const windowSeconds = parseDuration(String(window)) ?? 0
  const valid =
    typeof limit === 'number' && Number.isSafeInteger(limit) && limit > 0 && limit <= 1e9
  return known && valid && windowSeconds > 0 ? { limit, windowSeconds } : undefined
}

function isPolicyName(name: string): name is PolicyName {
  return Object.hasOwn(POLICIES, name)
}

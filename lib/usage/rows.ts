import { type StoredUsage, USAGE_KINDS } from '../store/usage.ts'

/** Begins the name of what an API key used. */
export const KEY = 'key:'

/** How many requests there were: all; those that a quota denied; other answers of 400 and up. */
export interface UsageCounts {
  requests: number
  denied: number
  errors: number
}

/** The counts of a day or an hour, UTC; with `split` of one operation or API key in it. */
export interface UsageRow extends UsageCounts {
  /** `2026-11-26`, or `2026-11-26T14:00:00Z`. */
  time: string
  /** Method and template. */
  operation?: string
  /** The id of an API key; absent for requests with a session. */
  key?: string
}

/** A row for each time and name, in the order of both. */
export function rowsOf(counts: readonly StoredUsage[]): UsageRow[] {
  const rows = new Map<string, UsageRow>()
  for (const { time, kind, name, count } of counts) {
    const place = `${time} ${name}`
    const row = rows.get(place) ?? {
      time: time.includes('T') ? `${time}:00:00Z` : time,
      ...{ requests: 0, denied: 0, errors: 0 },
      ...named(name),
    }
    row[USAGE_KINDS[kind]] += count
    rows.set(place, row)
  }
  return [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row)
}

function named(name: string): { operation?: string; key?: string } {
  if (name === '') return {}
  return name.startsWith(KEY) ? { key: name.slice(KEY.length) } : { operation: name }
}

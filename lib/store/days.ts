export const DAY_MS = 86_400_000

/** How long usage is kept: 400 days. */
export const USAGE_KEPT_DAYS = 400

let latest = { number: Number.NaN, text: '' }

/** The day of a time in epoch milliseconds: `2026-11-26`, UTC. */
export function dayOf(at: number): string {
  const number = Math.floor(at / DAY_MS)
  // Each request asks, and writing a date is dear.
  if (latest.number !== number) latest = { number, text: new Date(at).toISOString().slice(0, 10) }
  return latest.text
}

/** The month of a time in epoch milliseconds: `2026-11`, UTC. */
export function monthOf(at: number): string {
  return dayOf(at).slice(0, 7)
}

/** All days from one to another, UTC: `2026-11-01` to `2026-11-30`. */
export function daysOf({ from, to }: { from: string; to: string }): string[] {
  const days: string[] = []
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) days.push(dayOf(at))
  return days
}

/** What was used in one day or hour, of one operation or API key where it is split by them. */
export interface UsageRow {
  time: string
  requests: number
  denied: number
  errors: number
  operation?: string
  key?: string
}

export interface Usage {
  data: UsageRow[]
  total: { requests: number; denied: number; errors: number }
  /** `limit` is null, or absent, where a month has none. */
  month: { used: number; limit?: number | null }
}

const DAY_MS = 86_400_000

/** The days up to today, in UTC, as the API counts them. */
export function lastDays(count: number, now = Date.now()): string[] {
  return Array.from({ length: count }, (_, index) => dayText(now - (count - 1 - index) * DAY_MS))
}

function dayText(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** When the month of a moment begins and ends, in UTC. */
export function monthOf(now: Date): { first: number; next: number } {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  return { first: Date.UTC(year, month), next: Date.UTC(year, month + 1) }
}

/** The part of a month from which on it says something about the rest. */
const TELLING = 0.1

/**
 * Whether a month will do, in words.
 *
 * @param passed How much of the month is over, from 0 to 1.
 */
export function outlook(used: number, limit: number, passed: number): string {
  if (used >= limit) return 'It is used up: until then, each request is answered with 429.'
  if (passed < TELLING) return 'The month is young: how much it will be cannot be said yet.'
  const end = Math.round(Number((used / passed).toPrecision(2)))
  const words = end > limit ? 'more than there is' : 'enough'
  return `If it goes on like this, about ${end.toLocaleString('en')} by the end of the month: ${words}.`
}

/** One row for each of these days, also where nothing was used. */
export function byDay(rows: readonly UsageRow[], days: readonly string[]): UsageRow[] {
  return days.map((time) => {
    const own = rows.filter((row) => row.time.startsWith(time))
    const sum = (of: (row: UsageRow) => number) => own.reduce((total, row) => total + of(row), 0)
    return {
      time,
      requests: sum(({ requests }) => requests),
      denied: sum(({ denied }) => denied),
      errors: sum(({ errors }) => errors),
    }
  })
}

/** The requests of each operation, or of each API key, the most first. */
export function sums(
  rows: readonly UsageRow[],
  nameOf: (row: UsageRow) => string,
): { name: string; requests: number }[] {
  const found = new Map<string, number>()
  for (const row of rows) found.set(nameOf(row), (found.get(nameOf(row)) ?? 0) + row.requests)
  return [...found]
    .map(([name, requests]) => ({ name, requests }))
    .sort((a, b) => b.requests - a.requests)
}

/** A round number at or above the largest, and a fifth of it: for the lines of a plot. */
export function scaleOf(largest: number): { top: number; step: number } {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, largest / 5)))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each * 5 >= largest)
  const whole = Math.max(1, step ?? power * 10)
  return { top: whole * 5, step: whole }
}

/** `1.2k` where it is shorter. */
export function short(count: number): string {
  return Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
    .format(count)
    .replace('K', 'k')
}

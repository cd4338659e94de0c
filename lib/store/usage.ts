import { mapRead, type Read } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { Store } from './client/store.ts'
import { DAY_MS, dayOf, daysOf, monthOf, USAGE_KEPT_DAYS } from './days.ts'
import { keys } from './keys.ts'
import { FORGET_USAGE, READ_TOP, READ_USAGE } from './scripts/usage.ts'

/** In the place of a day: marks usage that the demo has made up. */
export const MADE_UP = 'made-up'

/** What is counted: requests, those denied by a quota, and other answers of 400 and up. */
export const USAGE_KINDS = { r: 'requests', d: 'denied', e: 'errors' } as const
export type UsageKind = keyof typeof USAGE_KINDS

/** One counter: `name` is an operation, `key:` and the id of an API key, or '' for all. */
export interface StoredUsage {
  /** `2026-11-26` or `2026-11-26T14`. */
  time: string
  kind: UsageKind
  name: string
  count: number
}

/** Days in a row, UTC: `2026-11-01` to `2026-11-30`. */
export interface UsageRange {
  from: string
  to: string
  by: 'day' | 'hour'
}

/**
 * Reads the usage of a subject: the totals, or with `split` all that is kept of each operation and key; and
 * what its quota of this month has counted.
 */
export function usageRead(
  subject: string,
  range: UsageRange,
  { split, now }: { split: boolean; now: number },
): Read<{ counts: StoredUsage[]; month: number }> {
  const days = daysOf(range)
  const periods = range.by === 'hour' ? days : [...new Set(days.map((day) => day.slice(0, 7)))]
  const fields = range.by === 'hour' ? fieldsOf(0, 23) : fieldsOf(1, 31)
  const read = scriptRead(
    'data',
    READ_USAGE,
    {
      monthKey: keys.limitWindow('month', subject, monthOf(now)),
      usageKeys: periods.map((period) => keys.usage(subject, period)),
    },
    { isWhole: split, fields: split ? [] : fields },
  )
  const wanted = new Set(days)
  return mapRead(read, ({ found, month = 0 }) => {
    const counts: StoredUsage[] = []
    for (const [index, values] of found.entries()) {
      const period = periods[index] ?? ''
      const pairs = split
        ? pairsOf(values)
        : values.map((value, at) => [fields[at], value] as const)
      for (const [field = '', value] of pairs) {
        const [, place = '', kind = '', name = ''] = /^(\d\d) ([rde])(?: (.*))?$/.exec(field) ?? []
        const count = Number(value ?? 0)
        if (!isKind(kind) || !(count > 0)) continue
        const time = `${period}${range.by === 'hour' ? 'T' : '-'}${place}`
        if (wanted.has(time.slice(0, 10))) counts.push({ time, kind, name, count })
      }
    }
    return { counts, month }
  })
}

function fieldsOf(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => twoDigits(first + index)).flatMap(
    (place) => Object.keys(USAGE_KINDS).map((kind) => `${place} ${kind}`),
  )
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}

function pairsOf(
  values: readonly (string | undefined)[],
): [string | undefined, string | undefined][] {
  return values.flatMap((value, index) => (index % 2 === 0 ? [[value, values[index + 1]]] : []))
}

function isKind(text: string): text is UsageKind {
  return Object.hasOwn(USAGE_KINDS, text)
}

/** Reads who made most requests on a day. See {@link READ_TOP}. */
export function topUsageRead(
  day: string,
  most: number,
): Read<{ subject: string; requests: number; denied: number; errors: number }[]> {
  const [prefix = '', suffix = ''] = keys.usage('|', day.slice(0, 7)).split('|')
  const args = { prefix, month: suffix, day: day.slice(8), most }
  const read = scriptRead('data', READ_TOP, { topKey: keys.usageTop(day) }, args)
  return mapRead(read, ({ top }) => top)
}

/** No access token outlives this; what is still counted for a deleted account is dropped as long. */
const GONE_MS = 2 * DAY_MS

/** Deletes all that is kept of what an account used. */
export async function forgetUsage(store: Store, subject: string, now: number): Promise<void> {
  const days = daysOf({ from: dayOf(now - USAGE_KEPT_DAYS * DAY_MS), to: dayOf(now + DAY_MS) })
  const months = [...new Set(days.map((day) => day.slice(0, 7)))]
  const usageKeys = [...days, ...months, MADE_UP].map((period) => keys.usage(subject, period))
  const counted = months.slice(-2).map((month) => keys.limitWindow('month', subject, month))
  await store.write(
    FORGET_USAGE,
    {
      goneKey: keys.usageGone,
      usageKeys: [...usageKeys, ...counted],
      topKeys: days.map(keys.usageTop),
    },
    { subject, keep: GONE_MS },
    'data',
  )
}

import * as z from 'zod/mini'
import { findAccount } from '../auth/accounts/find-account.ts'
import type { PlanDeps } from '../auth/types.ts'
import { fail, ok, type Result } from '../contract/problems.ts'
import { defineOperation } from '../operation.ts'
import { limitQuery, pageLimit } from '../paging.ts'
import { DAY_MS, dayOf } from '../store/days.ts'
import { type StoredUsage, topUsageRead, type UsageRange, usageRead } from '../store/usage.ts'
import { addressRead, profileRead } from '../store/users.ts'
import { KEY, rowsOf, type UsageCounts, type UsageRow } from './rows.ts'

export interface UsageReport {
  data: UsageRow[]
  total: UsageCounts
  /** The quota of this month; `limit` is null without one. */
  month: { used: number; limit: number | null }
}

const MOST_DAYS = 92
const MOST_DAYS_BY_HOUR = 8
const DEFAULT_DAYS = 30

const date = z
  .string()
  .check(z.refine((text) => isDate(text), { error: 'is not a date such as 2026-11-26' }))

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const at = Date.parse(text)
  return Number.isFinite(at) && dayOf(at) === text
}

export const usageQuery = z.strictObject({
  from: z.optional(date),
  to: z.optional(date),
  by: z.optional(z.enum(['day', 'hour'])),
  split: z.optional(z.enum(['operation', 'key'])),
})

type UsageQuery = z.output<typeof usageQuery>

/** The days that a query is about: the last thirty, by hour the last eight, if it does not say. */
function rangeOf(
  { from, to, by = 'day' }: UsageQuery,
  now: number,
): Result<UsageRange, 'validation-error'> {
  const [most, usual] =
    by === 'hour' ? [MOST_DAYS_BY_HOUR, MOST_DAYS_BY_HOUR] : [MOST_DAYS, DEFAULT_DAYS]
  const last = to ?? dayOf(now)
  const first = from ?? dayOf(Date.parse(last) - (usual - 1) * DAY_MS)
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1
  if (days >= 1 && days <= most) return ok({ from: first, to: last, by })
  const message =
    days < 1
      ? `is after ${to === undefined ? 'today' : 'to'}`
      : `is too early: ${most} days at most${by === 'hour' ? ' by hour' : ''}, to ${to === undefined ? 'today' : 'the last'}`
  return fail('validation-error', 'range of dates', { errors: [{ pointer: '#/from', message }] })
}

/** Tells what the caller has used: by day or hour, of each operation or API key if asked. */
export const readUsage = defineOperation('readUsage', {
  summary: 'What you have used, by day or by hour',
  input: usageQuery,
  problems: ['validation-error'],
  answer: 'Usage',
  run: async (call, deps: PlanDeps) => {
    const now = deps.now()
    const range = rangeOf(call.input, now)
    if (!range.ok) return range
    const { split } = call.input
    const { accountId } = call.principal
    const asked = { split: split !== undefined, now }
    const found = await call.read(usageRead(accountId, range.value, asked))
    if (!found.ok) return found
    const { month } = deps.plans.of(call.plan())
    return ok(report(found.value, { split, limit: month }))
  },
})

/** Tells what an account has used. For admins. */
export const readUserUsage = defineOperation('readUserUsage', {
  summary: 'What an account has used, by day or by hour',
  input: usageQuery,
  problems: ['not-found', 'validation-error'],
  answer: 'Usage',
  run: async (call, deps: PlanDeps) => {
    const now = deps.now()
    const account = await findAccount(call)
    if (!account.ok) return account
    const range = rangeOf(call.input, now)
    if (!range.ok) return range
    const { split } = call.input
    const { userId, account: record } = account.value
    const asked = { split: split !== undefined, now }
    const found = await call.read(usageRead(record.accountId ?? userId, range.value, asked))
    if (!found.ok) return found
    const { month } = deps.plans.of(record.plan)
    return ok(report(found.value, { split, limit: month }))
  },
})

/** A query of {@link topUsage}: of which day, UTC, and how many users. */
export const topUsageQuery = z.strictObject({ date: z.optional(date), limit: limitQuery })

/** Tells who made most requests on a day. For admins. An account that was deleted is not among them. */
export const topUsage = defineOperation('topUsage', {
  summary: 'Who made most requests on a day',
  input: topUsageQuery,
  problems: ['validation-error'],
  answer: 'TopUsage',
  run: async (call, deps: PlanDeps) => {
    const { date: day = dayOf(deps.now()), limit } = call.input
    const top = await call.read(topUsageRead(day, pageLimit(limit)))
    if (!top.ok) return top
    const addresses = await call.store.read(...top.value.map(({ subject }) => addressRead(subject)))
    const known = top.value.flatMap((row, index) => {
      const userId = addresses[index]
      return userId === undefined ? [] : [{ ...row, userId }]
    })
    const accounts = await call.store.read(...known.map(({ userId }) => profileRead(userId)))
    const data = known.flatMap(({ subject, userId, ...counts }, index) => {
      const account = accounts[index]
      // Another account may have the address by now.
      if (account?.accountId !== subject) return []
      const user = { id: subject, user: userId, plan: deps.plans.of(account.plan).name }
      return [{ user, ...counts }]
    })
    return ok({ data })
  },
})

function report(
  { counts, month }: { counts: StoredUsage[]; month: number },
  { split, limit }: { split: 'operation' | 'key' | undefined; limit: number | undefined },
): UsageReport {
  const totals = counts.filter(({ name }) => name === '')
  const keys = counts.filter(({ name }) => name.startsWith(KEY))
  const operations = counts.filter(({ name }) => name !== '' && !name.startsWith(KEY))
  const bySplit = { operation: operations, key: [...keys, ...withoutKeys(totals, keys)] }
  const [all] = rowsOf(totals.map((count) => ({ ...count, time: '' })))
  const { requests = 0, denied = 0, errors = 0 } = all ?? {}
  return {
    data: rowsOf(split === undefined ? totals : bySplit[split]),
    total: { requests, denied, errors },
    month: { used: month, limit: limit ?? null },
  }
}

/** What sessions used: all but what API keys used. */
function withoutKeys(totals: readonly StoredUsage[], keys: readonly StoredUsage[]): StoredUsage[] {
  return totals.flatMap((total) => {
    const ofKeys = keys.filter(({ time, kind }) => time === total.time && kind === total.kind)
    const count = total.count - ofKeys.reduce((sum, each) => sum + each.count, 0)
    return count > 0 ? [{ ...total, count }] : []
  })
}

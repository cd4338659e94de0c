import type { Redis } from '@upstash/redis'
import { newAccountId } from '../lib/auth/accounts/account-id.ts'
import { allCollections } from '../lib/items/registry.ts'
import { DAY_MS, dayOf, USAGE_KEPT_DAYS } from '../lib/store/days.ts'
import { keys } from '../lib/store/keys.ts'
import { MADE_UP } from '../lib/store/usage.ts'

const DAYS = 14
/** The reads of every collection, in the order of how often they are made up. */
const OPERATIONS = allCollections().flatMap(({ name }) => [
  `GET /api/${name}/{id}`,
  `GET /api/${name}`,
])

/**
 * Makes up two weeks of usage of the demo's accounts, up to yesterday, so that plots have something to show.
 * It is marked: `usage:<account id>:made-up` says when. An account that has used something gets none.
 *
 * @param addresses Of accounts in the same store. Those without an id get one.
 * @param now Epoch milliseconds.
 */
export async function seedUsage(
  redis: Redis,
  addresses: readonly string[],
  now: number,
): Promise<void> {
  const today = Date.parse(dayOf(now))
  for (const [index, address] of addresses.entries()) {
    const id = await identify(redis, address)
    const months = [...new Set([today - DAYS * DAY_MS, today].map((at) => dayOf(at).slice(0, 7)))]
    const markKey = keys.usage(id, MADE_UP)
    const found = await redis.exists(markKey, ...months.map((month) => keys.usage(id, month)))
    if (found > 0) continue
    const pipeline = redis.pipeline()
    const keep = (key: string, at: number): void =>
      void pipeline.pexpireat(key, at + USAGE_KEPT_DAYS * DAY_MS)
    for (let back = DAYS; back >= 1; back--) {
      const at = today - back * DAY_MS
      const day = dayOf(at)
      const [month, place] = [day.slice(0, 7), day.slice(8)]
      const counts = madeUp(new Date(at).getUTCDay(), back + index * 7)
      for (const { hour, what, count } of counts) {
        pipeline.hincrby(keys.usage(id, day), `${hour} ${what}`, count)
        pipeline.hincrby(keys.usage(id, month), `${place} ${what}`, count)
        if (what === 'r') pipeline.zincrby(keys.usageTop(day), count, id)
      }
      for (const key of [keys.usage(id, day), keys.usage(id, month), keys.usageTop(day)]) {
        keep(key, at)
      }
    }
    pipeline.set(markKey, `made up for the demo at ${new Date(now).toISOString()}`)
    keep(markKey, today)
    await pipeline.exec()
  }
}

/** The id of an account, as its first sign-in would give it. */
async function identify(redis: Redis, address: string): Promise<string> {
  const fresh = newAccountId()
  await redis.hsetnx(keys.user(address), 'id', fresh)
  const id = (await redis.hget<string>(keys.user(address), 'id')) ?? fresh
  await redis.set(keys.accountId(id), address)
  return id
}

/** A day's counters: a working day with a noon, a quiet weekend. The same in every run. */
function madeUp(weekday: number, seed: number): { hour: string; what: string; count: number }[] {
  let state = seed * 7_919 + 1
  const random = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
  const busy = weekday === 0 || weekday === 6 ? 0.25 : 1
  const counts = new Map<string, number>()
  const add = (hour: string, what: string, count: number): void => {
    if (count > 0) counts.set(`${hour} ${what}`, (counts.get(`${hour} ${what}`) ?? 0) + count)
  }
  for (let hour = 6; hour < 22; hour++) {
    const place = String(hour).padStart(2, '0')
    const height = busy * Math.exp(-((hour - 13) ** 2) / 18)
    for (const [rank, operation] of OPERATIONS.entries()) {
      const requests = Math.round((60 * height * (0.6 + random())) / (rank + 1))
      const errors = Math.round(requests * 0.03 * random())
      const denied = random() < 0.04 ? Math.round(requests * 0.1) : 0
      for (const [kind, count] of Object.entries({ r: requests, e: errors, d: denied })) {
        add(place, kind, count)
        add(place, `${kind} ${operation}`, count)
      }
    }
  }
  return [...counts].map(([field, count]) => ({
    hour: field.slice(0, 2),
    what: field.slice(3),
    count,
  }))
}

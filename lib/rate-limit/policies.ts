/**
 * The quota table. The limits of `user` and `month` are those of the account's plan: see `plans.ts`.
 *
 * @see draft-ietf-httpapi-ratelimit-headers, whose `q`, `w`, `r` and `t` the wire uses
 */
export const POLICIES = {
  anonymous: hot(60, 60, 'client address', 'closed'),
  user: hot(600, 60, 'subject', 'local'),
  key: hot(1_000, 60, 'API key', 'local'),
  month: { ...hot(100_000, 2_678_400, 'subject', 'local'), calendar: 'month' },
  signin: strict(10, 60, 'client address', 'counts'),
  'signin-account': strict(5, 900, 'account', 'clears'),
  refresh: strict(120, 60, 'session', 'counts'),
  write: strict(60, 60, 'subject', 'counts'),
  mail: strict(5, 900, 'client address', 'counts'),
  'mail-account': strict(3, 3_600, 'account', 'counts'),
} as const satisfies Record<string, Policy>

/** The limiter of its mode counts a policy. The types refuse the other limiter. */
export type Policy = HotPolicy | StrictPolicy

interface Limits {
  limit: number
  windowSeconds: number
  /** What is counted: requests that share this value share the quota. */
  partition: 'client address' | 'subject' | 'account' | 'session' | 'API key'
}

/**
 * Counted without waiting: the first request of a window asks Redis, the rest are decided in memory
 * and counted in the background.
 */
export interface HotPolicy extends Limits {
  mode: 'hot'
  /** `closed` answers 503 when the store is away, `local` goes on with a small limit here. */
  onOutage: 'closed' | 'local'
  /** Its windows are the months of the calendar, UTC; `windowSeconds` is that of the longest. */
  calendar?: 'month'
}

/** Asks every time, is exact, and answers 503 when the store is away. */
export interface StrictPolicy extends Limits {
  mode: 'strict'
  /**
   * `clears` forgets the failures of the window. This isolate does not remember such a denial: the
   * success may happen in another isolate, and a remembered denial would lock the user out.
   */
  onSuccess: 'counts' | 'clears'
}

type Policies = typeof POLICIES
type NamesOf<kind> = {
  [name in keyof Policies]: Policies[name] extends kind ? name : never
}[keyof Policies]

export type PolicyName = keyof Policies
export type HotPolicyName = NamesOf<HotPolicy>
export type StrictPolicyName = NamesOf<StrictPolicy>
/** Those that the endpoint can count by itself: it knows the partition before the body is read. */
export type StrictNamesBy<partition extends Limits['partition']> = NamesOf<
  StrictPolicy & { partition: partition }
>
/** Those that a success clears. */
export type ClearedPolicyName = NamesOf<StrictPolicy & { onSuccess: 'clears' }>

/** Requests a window that one isolate serves to one subject while the store cannot count. */
export const LOCAL_LIMIT = 30

/** An IPv6 /48, which one site may hold, has this many times the limit of each of its /64. */
export const WIDER_FACTOR = 10

/** Without a client address all share one bucket of this many times the limit. */
export const SHARED_BUCKET_FACTOR = 10

function hot(
  limit: number,
  windowSeconds: number,
  partition: Limits['partition'],
  onOutage: HotPolicy['onOutage'],
): HotPolicy {
  return { limit, windowSeconds, mode: 'hot', partition, onOutage }
}

function strict<partition extends Limits['partition'], onSuccess extends StrictPolicy['onSuccess']>(
  limit: number,
  windowSeconds: number,
  partition: partition,
  onSuccess: onSuccess,
): StrictPolicy & { partition: partition; onSuccess: onSuccess } {
  return { limit, windowSeconds, mode: 'strict', partition, onSuccess }
}

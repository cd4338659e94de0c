/**
 * The quota table.
 *
 * `hot` policies are counted without waiting: the first request of a window asks Redis, the rest
 * are decided in memory and counted in the background. `strict` policies ask every time and are
 * exact. `onOutage`: `closed` answers 503 when the store is away, `local` goes on with a small
 * limit in this isolate.
 *
 * @see draft-ietf-httpapi-ratelimit-headers, whose `q`, `w`, `r` and `t` the wire uses
 */
export interface Policy {
  limit: number
  windowSeconds: number
  mode: 'hot' | 'strict'
  /** What is counted: requests that share this value share the quota. */
  partition: 'client address' | 'subject' | 'account' | 'session' | 'API key'
  onOutage: 'closed' | 'local'
}

export const POLICIES = {
  anonymous: policy(60, 60, 'hot', 'client address', 'closed'),
  user: policy(600, 60, 'hot', 'subject', 'local'),
  key: policy(1_000, 60, 'hot', 'API key', 'local'),
  signin: policy(10, 60, 'strict', 'client address', 'closed'),
  'signin-account': policy(5, 900, 'strict', 'account', 'closed'),
  refresh: policy(120, 60, 'strict', 'session', 'closed'),
  write: policy(60, 60, 'strict', 'subject', 'closed'),
  mail: policy(5, 900, 'strict', 'client address', 'closed'),
  'mail-account': policy(3, 3_600, 'strict', 'account', 'closed'),
} as const satisfies Record<string, Policy>

export type PolicyName = keyof typeof POLICIES

/** Requests a window that one isolate serves to one subject while the store cannot count. */
export const LOCAL_LIMIT = 30

/** An IPv6 /48, which one site may hold, has this many times the limit of each of its /64. */
export const WIDER_FACTOR = 10

/** Without a client address all share one bucket of this many times the limit. */
export const SHARED_BUCKET_FACTOR = 10

function policy(
  limit: number,
  windowSeconds: number,
  mode: Policy['mode'],
  partition: Policy['partition'],
  onOutage: Policy['onOutage'],
): Policy {
  return { limit, windowSeconds, mode, partition, onOutage }
}

/** What is left of one quota, as an answer said. */
export interface Quota {
  /** Its name: `user`, `anonymous`, `write`. */
  policy: string
  remaining: number
  /** Seconds from that answer until all of it is there again. */
  resetSeconds: number
}

/** The API said that there are too many requests. */
export interface Throttled {
  /** How long it asks to wait; undefined when it does not say. */
  retryAfterSeconds: number | undefined
  /** Whether the client waits and asks again by itself; else the problem is thrown. */
  waits: boolean
}

/**
 * Reads the field `RateLimit`: `"user";r=599;t=42`.
 *
 * @returns Undefined when there is none, or one that cannot be read.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function quotasOf(headers: Headers): Quota[] | undefined {
  const text = headers.get('ratelimit') ?? ''
  const quotas = [...text.matchAll(/"([^"]+)";r=(\d+);t=(\d+)/g)].map(
    ([, policy = '', remaining, resetSeconds]) => ({
      policy,
      remaining: Number(remaining),
      resetSeconds: Number(resetSeconds),
    }),
  )
  return quotas.length === 0 ? undefined : quotas
}

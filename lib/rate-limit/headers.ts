import { type Failure, fail } from '../contract/problems.ts'
import type { Decision, QuotaState } from './types.ts'

/**
 * Writes the quota headers, allowed or denied: structured-field lists with one member a policy.
 *
 * @see draft-ietf-httpapi-ratelimit-headers §3, §4; RFC 9651
 */
export function setQuotaHeaders(headers: Headers, quotas: readonly QuotaState[]): void {
  if (quotas.length === 0) return
  headers.set(
    'RateLimit-Policy',
    quotas
      .map(({ policy, limit, windowSeconds }) => `"${policy}";q=${limit};w=${windowSeconds}`)
      .join(', '),
  )
  headers.set(
    'RateLimit',
    quotas
      .map(({ policy, remaining, resetSeconds }) => `"${policy}";r=${remaining};t=${resetSeconds}`)
      .join(', '),
  )
}

/**
 * The failure of a request that a policy denies. `Retry-After` is when the last of the denying
 * policies opens again, so it is never earlier than any `t`.
 */
export function quotaExceeded(decisions: readonly Decision[]): Failure<'quota-exceeded'> {
  const denying = decisions.filter(({ allowed }) => !allowed)
  const names = denying.map(({ policy }) => policy).join(', ')
  const retryAfterSeconds = Math.max(...denying.map(({ resetSeconds }) => resetSeconds))
  const quotas = denying.map(
    ({ policy, limit, windowSeconds }) => `"${policy}" of ${limit} in ${windowSeconds} s`,
  )
  const detail = `The quota ${quotas.join(', ')} is used up: try again in ${retryAfterSeconds} s.`
  return fail('quota-exceeded', `denied by ${names}`, { retryAfterSeconds, detail })
}

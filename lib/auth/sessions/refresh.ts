import * as z from 'zod/mini'
import { ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { quotaExceeded } from '../../rate-limit/headers.ts'
import { isObject } from '../input.ts'
import type { AuthDeps } from '../types.ts'
import { rotate } from './rotate.ts'

/** `refreshToken` is another name of `refresh`; one of the two. */
export const refreshInput = z
  .strictObject({ refresh: z.optional(z.string()), refreshToken: z.optional(z.string()) })
  .check(
    z.refine((body) => body.refresh !== undefined || body.refreshToken !== undefined, {
      path: ['refresh'],
      error: 'is required',
      when: isObject,
    }),
    z.refine((body) => body.refresh === undefined || body.refreshToken === undefined, {
      path: ['refreshToken'],
      error: 'is another name of refresh: send one of the two',
      when: isObject,
    }),
  )

/**
 * Exchanges a refresh token for a new pair and retires the one presented.
 *
 * Parallel exchanges of one token, and a repeat within the grace because the answer was lost, get
 * the same new refresh token. A token retired longer ago has been copied, and nothing tells the
 * copy from the original: the session ends for both (RFC 9700 §4.14.2).
 *
 * @returns A token pair, or `invalid-refresh-token`: unknown, expired, revoked and reused tokens
 *   share that one code, so that a guess teaches nothing; the log keeps the reason.
 *
 * @see [RFC 6749 §6](https://www.rfc-editor.org/rfc/rfc6749.html#section-6) Refreshing an Access Token
 */
export const refresh = defineOperation('refresh', {
  summary: 'Exchange a refresh token for a new pair',
  input: refreshInput,
  problems: ['invalid-refresh-token', 'quota-exceeded'],
  answer: 'TokenResponse',
  run: async (call, deps: AuthDeps) => {
    const token = await deps.refreshTokens.verify(
      call.input.refresh ?? call.input.refreshToken ?? '',
    )
    if (!token.ok) return token
    const { sub, user, sid } = token.value
    call.identify({ accountId: sub, userId: user, sessionId: sid })
    const quota = await call.quotas.count('refresh', { key: sid })
    if (!quota.allowed) return quotaExceeded([quota])
    const rotated = await rotate(call, token.value, deps)
    if (!rotated.ok) return rotated
    call.identify(rotated.value.holder)
    return ok(rotated.value.tokens)
  },
})

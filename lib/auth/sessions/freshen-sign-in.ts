import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { freshenSession } from '../../store/fresh.ts'
import { compareCurrent } from '../passwords/current-password.ts'
import type { AccountDeps } from '../types.ts'

export const freshenSignInInput = z.strictObject({ current: z.string() })

/**
 * Makes the sign-in of this session fresh, as {@link requireFresh} wants it, without a new session.
 *
 * @returns Nothing (204); `invalid-credentials`; `quota-exceeded` after five wrong guesses;
 *   `service-unavailable` when too many comparisons wait, or two of the account.
 *
 * @see [RFC 9470](https://www.rfc-editor.org/rfc/rfc9470.html)
 */
export const freshenSignIn = defineOperation('freshenSignIn', {
  summary: 'Prove again who you are: your sign-in counts as fresh, in the same session',
  input: freshenSignInInput,
  problems: ['invalid-credentials', 'quota-exceeded', 'service-unavailable'],
  run: async (call, deps: AccountDeps) => {
    const { principal, store, input } = call
    const compared = await compareCurrent(call, deps, input.current)
    if (!compared.ok) return compared
    const [isLive] = await Promise.all([
      freshenSession(store, principal),
      compared.value.giveBack('all'),
    ])
    return isLive ? ok(undefined) : fail('invalid-token', 'the session has ended')
  },
})

import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { freshenSession } from '../../store/fresh.ts'
import { freshenByPasskey } from '../../store/passkeys.ts'
import { isObject } from '../input.ts'
import { assertionCredential } from '../passkeys/credentials.ts'
import { provePasskey } from '../passkeys/prove-passkey.ts'
import { compareCurrent } from '../passwords/current-password.ts'
import type { AccountDeps } from '../types.ts'

/** One of the two. */
export const freshenSignInInput = z
  .strictObject({
    current: z.optional(z.string()),
    credential: z.optional(assertionCredential),
  })
  .check(
    z.refine(({ current, credential }) => (current === undefined) !== (credential === undefined), {
      error: 'needs one of current and credential',
      when: isObject,
    }),
  )

/**
 * Makes the sign-in of this session fresh, as {@link requireFresh} wants it, without a new session: by the
 * account's password, or by one of its passkeys.
 *
 * @returns Nothing (204); `invalid-credentials`, for a passkey of another account too; `quota-exceeded` after
 *   five wrong guesses; `service-unavailable` when too many comparisons wait, or two of the account.
 *
 * @see [RFC 9470](https://www.rfc-editor.org/rfc/rfc9470.html)
 */
export const freshenSignIn = defineOperation('freshenSignIn', {
  summary: 'Prove again who you are: your sign-in counts as fresh, in the same session',
  input: freshenSignInInput,
  problems: ['invalid-credentials', 'quota-exceeded', 'service-unavailable'],
  run: async (call, deps: AccountDeps) => {
    const { principal, store, input } = call
    if (input.credential === undefined) {
      const compared = await compareCurrent(call, deps, input.current ?? '')
      if (!compared.ok) return compared
      const [isLive] = await Promise.all([
        freshenSession(store, principal),
        compared.value.giveBack('all'),
      ])
      return isLive ? ok(undefined) : fail('invalid-token', 'the session has ended')
    }
    const proven = await provePasskey(call, input.credential, deps)
    if (!proven.ok) return proven
    const { use } = proven.value
    // It looks among the passkeys of this account alone.
    const freshened = await freshenByPasskey(store, principal, use)
    if (freshened.status === 'refused') {
      return fail('invalid-credentials', 'passkey: gone, or of another account')
    }
    if (freshened.fell) {
      const { accountId: user, sessionId: session } = principal
      call.report('passkey.counter', { user, session, passkey: use.passkeyId })
    }
    return ok(undefined)
  },
})

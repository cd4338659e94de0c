import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { confirmRegistration, registrationRead } from '../../store/registrations.ts'
import { newPassword, refusePassword } from '../passwords/new-password.ts'
import type { AccountDeps } from '../types.ts'

export const verifyInput = z.strictObject({ token: z.string(), password: z.optional(newPassword) })

/**
 * Confirms an address by the token of a mail, once, and makes the account with the password that the
 * link carries. A link that was asked for again carries none: whoever follows it chooses one, because
 * the first password may be a stranger's. All other registrations of the address end.
 *
 * It is a POST, so that a scanner that follows the links of a mail does not use the token up.
 *
 * @returns Nothing (204); `invalid-token`: unknown, used, over; `validation-error` for a password that
 *   is missing or weak; `service-unavailable` when too many hashes wait.
 */
export const verifyEmail = defineOperation('verifyEmail', {
  summary: 'Confirm an address by the token of a mail, and make its account',
  input: verifyInput,
  problems: ['invalid-token', 'validation-error', 'service-unavailable'],
  run: async (call, deps: AccountDeps) => {
    const { store, input } = call
    const tokenHash = await deps.tokenHash(input.token)
    const [registration] = await store.read(registrationRead(tokenHash))
    if (registration === undefined) return fail('invalid-token', 'no such registration')
    const { userId, hasPassword } = registration
    if (input.password === undefined && !hasPassword) {
      const message = 'is required: a link that was asked for again carries no password'
      const errors = [{ pointer: '#/password', message }]
      return fail('validation-error', 'no password', { errors })
    }
    let hash: string | undefined
    if (input.password !== undefined) {
      const weak = await refusePassword(input.password, userId, deps)
      if (weak !== undefined) return weak
      const hashed = await deps.passwords.hash(input.password, tokenHash)
      if (!hashed.ok) return hashed
      hash = hashed.value
    }
    const accountId = deps.newAccountId()
    const confirmed = await confirmRegistration(store, { userId, tokenHash, hash, accountId })
    if (confirmed === 'refused') return fail('invalid-token', 'registration is void')
    call.report('account.registered', { user: accountId })
    call.report('email.verified', { user: accountId })
    return ok(undefined)
  },
})

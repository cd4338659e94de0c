import * as z from 'zod/mini'
import { fail } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import type { MailDeps } from '../types.ts'
import { sendToken } from './send-token.ts'

/** Without `user`: the caller's own address. */
export const resendInput = z.strictObject({ user: z.optional(z.string()) })

/**
 * Sends a link again that confirms an address; it carries no password. An address that waits for no
 * confirmation, or is not known, gets the same answer and no mail.
 *
 * @returns 202; `authentication-required` when neither a user nor a credential is sent;
 *   `quota-exceeded` by client and by address; `service-unavailable` where no mail is configured.
 */
export const resendVerification = defineOperation('resendVerification', {
  summary: 'Send the mail again that confirms an address',
  input: z.optional(resendInput),
  problems: ['authentication-required', 'quota-exceeded', 'service-unavailable'],
  answer: 'MailNotice',
  run: async (call, deps: MailDeps) => {
    const address = call.input?.user ?? call.principal?.userId
    if (address === undefined) return fail('authentication-required', 'no user and no credential')
    return sendToken(call, deps, address, 'verify')
  },
})

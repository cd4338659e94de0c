import * as z from 'zod/mini'
import { defineOperation } from '../../operation.ts'
import { sendToken } from '../accounts/send-token.ts'
import type { MailDeps } from '../types.ts'

export const forgotInput = z.strictObject({ user: z.string() })

/**
 * Sends a link that sets a new password, if the address has an account; one that confirms the address,
 * if somebody registered it and did not confirm it yet.
 *
 * @returns 202 always; `quota-exceeded` by client and by address; `service-unavailable` where no mail
 *   is configured.
 *
 * @see OWASP ASVS v5.0.0-6.4.3, OWASP Forgot Password Cheat Sheet
 */
export const forgotPassword = defineOperation('forgotPassword', {
  summary: 'Send a mail with which a new password can be set',
  input: forgotInput,
  problems: ['quota-exceeded', 'service-unavailable'],
  answer: 'MailNotice',
  run: async (call, deps: MailDeps) => {
    return sendToken(call, deps, call.input.user, 'reset')
  },
})

import * as z from 'zod/mini'
import type { Result } from '../../contract/problems.ts'
import { type MailNotice, sendToken } from '../accounts/send-token.ts'
import type { AuthCall, MailDeps } from '../types.ts'

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
export async function forgot(
  call: AuthCall<z.output<typeof forgotInput>>,
  deps: MailDeps,
): Promise<Result<MailNotice, 'quota-exceeded' | 'service-unavailable'>> {
  return sendToken(call, deps, call.input.user, 'reset')
}

export const forgotCase = { input: forgotInput, run: forgot }

import * as z from 'zod/mini'
import { fail, ok, type Result } from '../errors.ts'
import { tokenRead, verifyEmail } from '../store/one-time.ts'
import { type MailNotice, sendToken } from './send-token.ts'
import type { AuthCall, MailDeps } from './types.ts'

export const verifyInput = z.strictObject({ token: z.string() })

/**
 * Confirms an address by the token of the newest mail, once. A POST, so that a scanner that follows
 * the links of a mail uses nothing up.
 *
 * @returns Nothing (204), or `invalid-token`: unknown, used, over, or of an older mail.
 */
export async function verifyAddress(
  { store, input }: AuthCall<z.output<typeof verifyInput>>,
  deps: MailDeps,
): Promise<Result<undefined, 'invalid-token'>> {
  const tokenHash = await deps.tokenHash(input.token)
  const [userId] = await store.read(tokenRead(tokenHash, 'verify'))
  if (userId === undefined) return fail('invalid-token', 'no such one-time token')
  const verified = await verifyEmail(store, { userId, tokenHash })
  return verified === 'done' ? ok(undefined) : fail('invalid-token', 'one-time token is void')
}

/** Without `user`: the caller's own address. */
export const resendInput = z.strictObject({ user: z.optional(z.string()) })

/**
 * Sends the link again that confirms an address; the older one is void. An address that waits for
 * no confirmation, or is not known, gets the same answer and no mail.
 *
 * @returns 202; `authentication-required` when neither a user nor a credential is sent;
 *   `quota-exceeded` by client and by address.
 */
export async function resendVerification(
  call: AuthCall<z.output<typeof resendInput> | undefined>,
  deps: MailDeps,
): Promise<Result<MailNotice, 'authentication-required' | 'quota-exceeded'>> {
  const address = call.input?.user ?? call.principal?.userId
  if (address === undefined) return fail('authentication-required', 'no user and no credential')
  return sendToken(call, deps, address, 'verify')
}

export const resendCase = { input: z.optional(resendInput), run: resendVerification }
export const verifyCase = { input: verifyInput, run: verifyAddress }

import * as z from 'zod/mini'
import { fail, ok, type Result } from '../errors.ts'
import { quotaExceeded } from '../rate-limit/headers.ts'
import { register as storeAccount } from '../store/one-time.ts'
import { accountPartition } from './guesses.ts'
import { knownAddressLetter, verificationLetter } from './letters.ts'
import { newPassword, refusePassword } from './new-password.ts'
import { MAIL_NOTICE, type MailNotice, TOKEN_TTL_MS } from './send-token.ts'
import type { AccountDeps, AuthCall } from './types.ts'
import { parseMailAddress } from './user-id.ts'

export const registerInput = z.strictObject({ user: z.string(), password: newPassword })

/**
 * Registers an address: the account waits until a link in a mail confirms it. An address that is
 * known gets another mail and the same answer, in the same steps: one hash, one call to the store.
 *
 * @returns 202; `validation-error` for what is no mail address and for a weak password;
 *   `quota-exceeded` by client and by address; `service-unavailable` when too many hashes wait.
 *
 * @see OWASP ASVS v5.0.0-6.3.8, v5.0.0-6.4.1
 */
export async function register(
  call: AuthCall<z.output<typeof registerInput>>,
  deps: AccountDeps,
): Promise<Result<MailNotice, 'validation-error' | 'quota-exceeded' | 'service-unavailable'>> {
  const userId = parseMailAddress(call.input.user)
  if (userId === undefined) {
    const errors = [{ pointer: '#/user', message: 'is not a mail address' }]
    return fail('validation-error', 'not a mail address', { errors })
  }
  const weak = await refusePassword(call.input.password, userId, deps)
  if (weak !== undefined) return weak
  const partition = await accountPartition(userId, deps)
  const quota = await call.quotas.count('mail-account', partition)
  if (!quota.allowed) return quotaExceeded([quota])

  const hash = await deps.passwords.hash(call.input.password)
  if (!hash.ok) {
    await call.quotas.giveBack(quota, partition, 'one')
    return hash
  }
  const token = deps.randomToken()
  const status = await storeAccount(call.store, {
    userId,
    hash: hash.value,
    tokenHash: await deps.tokenHash(token),
    tokenTtlMs: TOKEN_TTL_MS.verify,
  })
  if (status === 'registered') {
    call.later(deps.mailer.send(verificationLetter(userId, deps.origin, token), call.trace))
  } else if (status === 'exists') {
    call.later(deps.mailer.send(knownAddressLetter(userId, deps.origin), call.trace))
  }
  return ok(MAIL_NOTICE)
}

export const registerCase = { input: registerInput, run: register }

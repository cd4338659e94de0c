import * as z from 'zod/mini'
import { type AccessCode, fail, ok, type Result } from '../errors.ts'
import { quotaExceeded } from '../rate-limit/headers.ts'
import { deviceRead } from '../store/sessions.ts'
import { credentialsRead, changePassword as storePassword } from '../store/users.ts'
import { countGuess, guessKeys } from './guesses.ts'
import { newPassword, refusePassword } from './new-password.ts'
import type { AccountDeps, AuthCall } from './types.ts'

export const changePasswordInput = z.strictObject({ current: z.string(), password: newPassword })

/**
 * Changes the caller's password, who proves to know the current one: a borrowed session must not
 * become an account. Wrong guesses count as failed sign-ins of the account. Every other session
 * ends in the same step.
 *
 * @returns Nothing (204); `invalid-credentials`; `validation-error` for a weak password;
 *   `quota-exceeded` after five wrong guesses; `service-unavailable` when too many comparisons wait.
 *
 * @see OWASP ASVS v5.0.0-6.2.3, v5.0.0-7.4.3
 */
export async function changePassword(
  call: AuthCall<z.output<typeof changePasswordInput>>,
  deps: AccountDeps,
): Promise<
  Result<
    undefined,
    | 'invalid-credentials'
    | 'quota-exceeded'
    | 'validation-error'
    | 'service-unavailable'
    | AccessCode
  >
> {
  const { principal, store, client, input } = call
  if (principal === undefined) return fail('invalid-token', 'no principal')
  const { userId, sessionId } = principal
  const weak = await refusePassword(input.password, userId, deps)
  if (weak !== undefined) return weak

  const names = await guessKeys(userId, client.partition, deps)
  const [guess, [account, known]] = await Promise.all([
    countGuess(call, names),
    store.read(credentialsRead(userId), deviceRead(names.device ?? '')),
  ])
  const quota = guess.decide(known)
  if (!quota.allowed) return quotaExceeded([quota])
  const matches = await deps.passwords.matches(input.current, account.passwordHash)
  if (!matches.ok) {
    await guess.giveBack('one')
    return matches
  }
  if (!matches.value || account.passwordHash === undefined) {
    call.report('signin.failed', { user: userId, session: sessionId })
    return fail('invalid-credentials', 'no match')
  }
  const hash = await deps.passwords.hash(input.password)
  if (!hash.ok) {
    await guess.giveBack('one')
    return hash
  }

  const [changed] = await Promise.all([
    storePassword(store, {
      userId,
      kept: sessionId,
      comparedHash: account.passwordHash,
      hash: hash.value,
    }),
    guess.giveBack('all'),
  ])
  if (changed !== 'done') return fail('invalid-credentials', 'changed meanwhile')
  call.report('password.changed', { user: userId, session: sessionId })
  return ok(undefined)
}

export const changePasswordCase = { input: changePasswordInput, run: changePassword }

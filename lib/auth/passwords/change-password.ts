import * as z from 'zod/mini'
import { ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { forgetKeys } from '../../store/forget.ts'
import { changePassword as storePassword } from '../../store/users.ts'
import { keyHeaders, tellOwner } from '../accounts/notices.ts'
import type { AccountDeps } from '../types.ts'
import { changedMeanwhile, compareReplaced } from './compare-replaced.ts'
import { compareCurrent } from './current-password.ts'
import { newPassword, refusePassword } from './new-password.ts'

export const changePasswordInput = z.strictObject({
  current: z.string(),
  password: newPassword,
  endKeys: z.optional(z.boolean()),
})

/**
 * Changes the caller's password. The caller must send the current one, so that a stolen session cannot
 * take over the account. Wrong guesses count as failed sign-ins of the account. Every other session
 * ends in the same step, and with `endKeys` every API key. The owner is told by mail.
 *
 * @returns Nothing (204), and in headers how many API keys ended and how many are left; `invalid-credentials`; `validation-error` for a weak password;
 *   `quota-exceeded` after five wrong guesses; `service-unavailable` when too many comparisons wait, or
 *   two of the account.
 *
 * @see OWASP ASVS v5.0.0-6.2.3, v5.0.0-7.4.3
 */
export const changePassword = defineOperation('changePassword', {
  summary: 'Change your password; every other session ends, and if you ask for it every API key',
  input: changePasswordInput,
  problems: ['invalid-credentials', 'quota-exceeded', 'validation-error', 'service-unavailable'],
  run: async (call, deps: AccountDeps) => {
    const { principal, store, input } = call
    const { accountId, userId, sessionId } = principal
    const weak = await refusePassword(input.password, userId, deps)
    if (weak !== undefined) return weak

    const compared = await compareCurrent(call, deps, input.current)
    if (!compared.ok) return compared
    const { hash: before, giveBack } = compared.value
    const hash = await deps.passwords.hash(input.password, accountId)
    if (!hash.ok) {
      await giveBack('one')
      return hash
    }

    const change = (comparedHash: string) =>
      storePassword(store, {
        userId,
        accountId,
        kept: sessionId,
        comparedHash,
        hash: hash.value,
        endKeys: input.endKeys === true,
      })
    let [changed] = await Promise.all([change(before), giveBack('all')])
    if (changed.status !== 'done') {
      const replaced = { userId, password: input.current, before, holder: accountId }
      const again = await compareReplaced(store, deps.passwords, replaced)
      if (!again.ok) return again
      changed = await change(again.value.hash)
    }
    if (changed.status !== 'done') return changedMeanwhile()
    call.report('password.changed', { user: accountId, session: sessionId })
    const endedKeys = input.endKeys === true ? changed.keyCount : 0
    const leftKeys = changed.keyCount - endedKeys
    call.background((store) => forgetKeys(store(), changed.endedKeys))
    tellOwner(call, deps, userId, { how: 'changed', endedKeys, leftKeys })
    return ok(undefined, { headers: keyHeaders(endedKeys, leftKeys) })
  },
})

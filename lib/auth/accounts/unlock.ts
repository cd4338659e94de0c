import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { releaseAccount } from '../../store/administration.ts'
import { findAccount } from './find-account.ts'

/**
 * Clears the failed sign-ins of an account, so that its owner need not wait for the quota's end. For
 * admins.
 *
 * @returns Nothing (204); `not-found`.
 */
export const unlockUser = defineOperation('unlockUser', {
  summary: 'Clear the failed sign-ins of an account',
  problems: ['not-found'],
  run: async (call) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    const { userId, account } = found.value
    const status = await releaseAccount(call.store, userId, 'unlock')
    if (status === 'unknown') return fail('not-found', 'no such account')
    call.report('user.unlocked', { user: account.accountId, by: call.principal?.accountId })
    return ok(undefined)
  },
})

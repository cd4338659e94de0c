import { type AccessCode, fail, ok, type Result } from '../../contract/problems.ts'
import { releaseAccount } from '../../store/administration.ts'
import { findAccount } from './find-account.ts'
import type { UsersCall } from './users.ts'

/**
 * Clears the failed sign-ins of an account, so that its owner need not wait for the quota's end. For
 * admins.
 *
 * @returns Nothing (204); `not-found`.
 */
export async function unlockUser(
  call: UsersCall<undefined>,
): Promise<Result<undefined, 'not-found' | AccessCode>> {
  const found = await findAccount(call)
  if (!found.ok) return found
  const { userId, account } = found.value
  const status = await releaseAccount(call.store, userId, 'unlock')
  if (status === 'unknown') return fail('not-found', 'no such account')
  call.report('user.unlocked', { user: account.accountId, by: call.principal?.accountId })
  return ok(undefined)
}

export const unlockUserCase = { run: unlockUser }

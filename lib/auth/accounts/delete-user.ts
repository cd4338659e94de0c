import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { findAccount } from './find-account.ts'
import { lastAdmin, type RemovalDeps, removeAccount } from './remove-account.ts'

/**
 * Deletes an account with all that is kept of it. For admins.
 *
 * @returns Nothing (204); `not-found`; `conflict` when nobody would be left who can do this.
 */
export const deleteUser = defineOperation('deleteUser', {
  summary: 'Delete an account with all that is kept of it',
  problems: ['not-found', 'conflict'],
  run: async (call, deps: RemovalDeps) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    const { userId, account } = found.value
    const by = call.principal.accountId
    const names = { userId, accountId: account.accountId }
    switch (await removeAccount(call, deps, names, by)) {
      case 'unknown':
        return fail('not-found', 'no such account')
      case 'last-admin':
        return lastAdmin()
      case 'done':
        return ok(undefined)
    }
  },
})

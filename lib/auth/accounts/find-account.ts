import { type AccessCode, fail, ok, type Result } from '../../contract/problems.ts'
import type { Read } from '../../store/client/reply.ts'
import { type Account, addressRead, profileRead } from '../../store/users.ts'
import { isAccountId } from './account-id.ts'
import { parseUserId } from './user-id.ts'

/** An account and the address that names its record. */
export interface FoundAccount {
  userId: string
  account: Account
}

/**
 * Finds the account that a path names, by its id or by its address.
 *
 * @returns `not-found` where there is none.
 */
export async function findAccount(call: {
  id: string | undefined
  read<value>(read: Read<value>): Promise<Result<value, AccessCode>>
}): Promise<Result<FoundAccount, 'not-found' | AccessCode>> {
  const { id = '' } = call
  const address = isAccountId(id) ? await call.read(addressRead(id)) : ok(parseUserId(id))
  if (!address.ok) return address
  const userId = address.value
  if (userId === undefined) return fail('not-found', 'not an account')
  const account = await call.read(profileRead(userId))
  if (!account.ok) return account
  const { exists, accountId } = account.value
  // The address may belong to another account by now.
  const isOther = isAccountId(id) && accountId !== id
  if (!exists || isOther) return fail('not-found', 'no such account')
  return ok({ userId, account: account.value })
}

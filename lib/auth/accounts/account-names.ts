import type { Store } from '../../store/client/store.ts'
import { addressRead, profileRead } from '../../store/users.ts'
import { isAccountId } from './account-id.ts'
import { parseUserId } from './user-id.ts'

/** How tokens, events and blocks may name one account. */
export interface AccountNames {
  /** Its address first, and its id: events from before accounts had ids name the address. */
  names: [string, ...string[]]
  /** Whether there is such an account now: events outlive theirs. */
  exists: boolean
}

/**
 * Finds the names of the account that an operator means, by its id or its address. An id leads to an
 * address that may be another account's by now: it then names nobody else.
 */
export async function accountNames(store: Store, typed: string): Promise<AccountNames> {
  if (isAccountId(typed)) {
    const [address] = await store.read(addressRead(typed))
    if (address === undefined) return { names: [typed], exists: false }
    const [{ exists, accountId }] = await store.read(profileRead(address))
    return exists && accountId === typed
      ? { names: [address, typed], exists }
      : { names: [typed], exists: false }
  }
  const userId = parseUserId(typed)
  if (userId === undefined) return { names: [typed], exists: false }
  const [{ exists, accountId }] = await store.read(profileRead(userId))
  return { names: [userId, ...(accountId === undefined ? [] : [accountId])], exists }
}

import type { Store } from '../store/store.ts'
import { accountExistsRead } from '../store/users.ts'
import { parseUserId } from './user-id.ts'

/** How tokens (`sub`), events (`user`) and blocks may name one account. */
export interface AccountNames {
  /** Its address in one spelling first; what was typed is among them. */
  names: [string, ...string[]]
  /** Whether there is such an account now: events outlive theirs. */
  exists: boolean
}

/** Finds the names of the account that an operator means, by whatever name. One trip. */
export async function accountNames(store: Store, typed: string): Promise<AccountNames> {
  const userId = parseUserId(typed)
  if (userId === undefined) return { names: [typed], exists: false }
  const [exists] = await store.read(accountExistsRead(userId))
  return { names: userId === typed ? [userId] : [userId, typed], exists }
}

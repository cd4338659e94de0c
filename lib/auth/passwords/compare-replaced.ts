import { type Failure, fail, ok, type Result } from '../../contract/problems.ts'
import type { Store } from '../../store/client/store.ts'
import { credentialsRead } from '../../store/users.ts'
import type { Passwords } from './password.ts'

/** The account and the hash that a password was compared with, and matched. */
export interface Compared {
  accountId: string | undefined
  hash: string
}

/**
 * Compares with the hash that came in place of the one before: it may be of the same password, which a
 * sign-in at the same time keeps at the current cost.
 */
export async function compareReplaced(
  store: Store,
  passwords: Passwords,
  { userId, password, before, holder }: Replaced,
): Promise<Result<Compared, 'invalid-credentials' | 'service-unavailable'>> {
  const [{ accountId, passwordHash: hash }] = await store.read(credentialsRead(userId))
  if (hash === undefined || hash === before) return changedMeanwhile()
  const matches = await passwords.matches(password, hash, holder)
  if (!matches.ok) return matches
  return matches.value ? ok({ accountId, hash }) : changedMeanwhile()
}

interface Replaced {
  userId: string
  password: string
  /** The hash that was compared before. */
  before: string
  /** Whose place in the queue of hashes it takes. */
  holder?: string
}

export function changedMeanwhile(): Failure<'invalid-credentials'> {
  return fail('invalid-credentials', 'account changed meanwhile')
}

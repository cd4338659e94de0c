import { fail, ok, type Result } from '../../contract/problems.ts'
import { quotaExceeded } from '../../rate-limit/headers.ts'
import { type Credentials, guessRead } from '../../store/users.ts'
import { reportFailedSignIn } from '../accounts/notices.ts'
import { countGuess, type Guess, guessKeys, judgeGuess } from '../sessions/guesses.ts'
import type { AccountDeps, AuthCall, Principal } from '../types.ts'

/** A call of somebody who has signed in. */
export type OwnCall = Pick<AuthCall, 'store' | 'client' | 'quotas' | 'report' | 'background'> & {
  principal: Principal
}

/** The caller's password was right. */
export interface Current {
  account: Credentials
  hash: string
  /** To be given back when nothing else can fail. */
  guess: Guess
}

/** What {@link compareCurrent} can fail with. */
export type CurrentCode = 'invalid-credentials' | 'quota-exceeded' | 'service-unavailable'

/**
 * Compares the password that the caller has sent as their current one. A wrong one counts as a failed
 * sign-in of the account, so that a stolen session cannot guess it.
 */
export async function compareCurrent(
  call: OwnCall,
  deps: AccountDeps,
  current: string,
): Promise<Result<Current, CurrentCode>> {
  const { principal, store, client } = call
  const { accountId, userId, sessionId } = principal
  const names = await guessKeys(userId, client.partition, deps)
  const [counted, [{ account, known }]] = await Promise.all([
    countGuess(call, names),
    store.read(guessRead(userId, names.device)),
  ])
  const about = { address: userId, known, unlockedAt: account.unlockedAt, user: accountId }
  const { guess, quota } = await judgeGuess(call, deps, counted, about)
  if (!quota.allowed) return quotaExceeded([quota])
  const matches = await deps.passwords.matches(current, account.passwordHash, accountId)
  if (!matches.ok) {
    await guess.giveBack('one')
    return matches
  }
  if (!matches.value || account.passwordHash === undefined) {
    reportFailedSignIn(call, deps, { userId, accountId }, sessionId)
    return fail('invalid-credentials', 'no match')
  }
  return ok({ account, hash: account.passwordHash, guess })
}

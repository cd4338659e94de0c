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
  hash: string
  /** Gives the guess back, or all of them. */
  giveBack(amount: 'one' | 'all'): Promise<unknown>
}

/** A guess of the caller that was counted, and what it is judged by. */
export interface OwnGuess {
  account: Credentials
  guess: Guess
  /** The time of the store, in epoch milliseconds. */
  now: number
}

/** Counts a guess of the caller at their own account, and reads the account in the same trip. */
export async function beginGuess(
  call: OwnCall,
  deps: AccountDeps,
): Promise<Result<OwnGuess, 'quota-exceeded'>> {
  const { principal, store, client } = call
  const { accountId, userId } = principal
  const names = await guessKeys(userId, client.partition, deps)
  const [counted, [{ account, known, now }]] = await Promise.all([
    countGuess(call, names),
    store.read(guessRead(userId, names.device)),
  ])
  const about = { address: userId, known, unlockedAt: account.unlockedAt, user: accountId }
  const { guess, quota } = await judgeGuess(call, deps, counted, about)
  return quota.allowed ? ok({ account, guess, now }) : quotaExceeded([quota])
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
  const { accountId, userId, sessionId } = call.principal
  const begun = await beginGuess(call, deps)
  if (!begun.ok) return begun
  const { account, guess } = begun.value
  const matches = await deps.passwords.matches(current, account.passwordHash, accountId)
  if (!matches.ok) {
    await guess.giveBack('one')
    return matches
  }
  if (!matches.value || account.passwordHash === undefined) {
    reportFailedSignIn(call, deps, { userId, accountId }, sessionId)
    return fail('invalid-credentials', 'no match')
  }
  // Where a code is wanted too, the password alone does not clear the failures: codes could be guessed.
  const most = account.totp === undefined ? 'all' : 'one'
  const giveBack = (amount: 'one' | 'all') => guess.giveBack(amount === 'one' ? 'one' : most)
  return ok({ hash: account.passwordHash, giveBack })
}

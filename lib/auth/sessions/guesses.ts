import type { Decision, Partition } from '../../rate-limit/types.ts'
import { parseUserId } from '../accounts/user-id.ts'
import type { AuthCall, MailDeps } from '../types.ts'

/**
 * The failed sign-ins of an account, counted before comparing: at large, and at the client's
 * address. An address from which the account has signed in is judged by its own count, so that a
 * stranger's guesses from elsewhere do not lock the owner out.
 */
export interface Guess {
  /** Whether to go on. @param known The account signed in from this network. */
  decide(known: boolean): Decision
  /** `one` when nothing was compared, `all` after a success. */
  giveBack(amount: 'one' | 'all'): Promise<unknown>
  /** Clears the count behind the answer: after a success that was not certain before. */
  clearLater(): void
}

/** What the guesses of an account are counted by. */
export interface GuessKeys {
  account: string
  /** The account at the client's address; undefined where the one or the other is not known. */
  device: string | undefined
}

/**
 * Names an account, known or not, and the network it is tried from. An address that cannot be one is
 * counted too. Compute the names before the first call to the store, so that the calls that follow start
 * at the same moment and cost one trip.
 *
 * @param since When an operator unlocked the account, in epoch milliseconds: counts begin anew.
 */
export async function guessKeys(
  address: string,
  from: Partition,
  { accountKey }: Pick<MailDeps, 'accountKey'>,
  since?: number,
): Promise<GuessKeys> {
  const userId = parseUserId(address)
  const after = since === undefined ? '' : `\n${since}`
  // The first word keeps the kinds apart: no made-up address gives the name of another kind.
  const name = userId === undefined ? `impossible\n${address}` : `account\n${userId}${after}`
  const [account, device] = await Promise.all([
    accountKey(name),
    userId === undefined || from === 'shared'
      ? undefined
      : accountKey(`device\n${userId}\n${from.key}${after}`),
  ])
  return { account, device }
}

/** A guess that was counted, and what the quota says of it. */
export interface CountedGuess {
  guess: Guess
  quota: Decision
}

/**
 * Judges a guess that was counted. Where it is denied, and an operator unlocked the account in this
 * window, it is counted anew from then on.
 */
export async function judgeGuess(
  call: Pick<AuthCall, 'quotas' | 'client'>,
  deps: Pick<MailDeps, 'accountKey' | 'now'>,
  guess: Guess,
  about: {
    address: string
    known: boolean
    unlockedAt: number | undefined
    /** The account's id, if it has one. */
    user: string | undefined
  },
): Promise<CountedGuess> {
  const { address, known, unlockedAt, user } = about
  const quota = guess.decide(known)
  const window = quota.windowSeconds * 1_000
  const fresh = unlockedAt !== undefined && deps.now() - unlockedAt < window
  if (quota.allowed || !fresh) {
    call.quotas.show(quota, user)
    return { guess, quota }
  }
  const names = await guessKeys(address, call.client.partition, deps, unlockedAt)
  const anew = await countGuess(call, names)
  const decision = anew.decide(known)
  call.quotas.show(decision, user)
  return { guess: anew, quota: decision }
}

/** Counts a guess: its calls to the store have left when this returns. */
export async function countGuess(
  { quotas }: Pick<AuthCall, 'quotas'>,
  { account, device }: GuessKeys,
): Promise<Guess> {
  const partitions = [account, device].flatMap((key) => (key === undefined ? [] : { key }))
  const [all, own] = await quotas.countEachQuietly('signin-account', partitions)
  if (all === undefined) throw new TypeError('no account was counted')
  const counted = [all, own].flatMap((decision, index) => {
    const partition = partitions[index]
    return decision === undefined || partition === undefined ? [] : { decision, partition }
  })
  return {
    decide: (known) => (known && own !== undefined ? own : all),
    giveBack: (amount) => quotas.giveBack(counted, amount),
    clearLater: () => quotas.giveBackLater(counted, 'all'),
  }
}

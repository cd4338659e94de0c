import type { Decision, Partition } from '../rate-limit/types.ts'
import type { AuthCall, MailDeps } from './types.ts'
import { parseUserId } from './user-id.ts'

/**
 * The failed sign-ins of an account, counted before comparing: at large, and at the client's
 * address. An address from which the account has signed in is judged by its own count, so that a
 * stranger's guesses from elsewhere do not lock the owner out.
 */
export interface Guess {
  /**
   * Whether to go on, and what the answer's headers say.
   *
   * @param known The account signed in here. @param user The account, if there is one.
   */
  decide(known: boolean, user?: string): Decision
  /** `one` when nothing was compared, `all` after a success. */
  giveBack(amount: 'one' | 'all'): Promise<unknown>
}

/** What a quota counts of an account, known or not. An address that cannot be one counts too. */
export async function accountPartition(
  address: string,
  { accountKey }: Pick<MailDeps, 'accountKey'>,
): Promise<{ key: string }> {
  const userId = parseUserId(address)
  // The kinds are told apart: no address that somebody makes up is the key of another kind.
  const name = userId === undefined ? `impossible\n${address}` : `account\n${userId}`
  return { key: await accountKey(name) }
}

/** What the guesses of an account are counted by. */
export interface GuessKeys {
  account: string
  /** The account at the client's address; undefined where the one or the other is not known. */
  device: string | undefined
}

/**
 * Names an account, known or not, and the address it is tried from. Taken before the first call to
 * the store, so that what is asked together afterwards leaves together.
 */
export async function guessKeys(
  address: string,
  from: Partition,
  deps: Pick<MailDeps, 'accountKey'>,
): Promise<GuessKeys> {
  const userId = parseUserId(address)
  const [account, device] = await Promise.all([
    accountPartition(address, deps),
    userId === undefined || from === 'shared'
      ? undefined
      : deps.accountKey(`device\n${userId}\n${from.key}`),
  ])
  return { account: account.key, device }
}

/** Counts a guess: its calls to the store have left when this returns. */
export async function countGuess(
  { quotas }: Pick<AuthCall, 'quotas'>,
  { account, device }: GuessKeys,
): Promise<Guess> {
  const count = async (key: string) => {
    const decision = await quotas.countQuietly('signin-account', { key })
    return {
      decision,
      giveBack: (amount: 'one' | 'all') => quotas.giveBack(decision, { key }, amount),
    }
  }
  const [all, own] = await Promise.all([
    count(account),
    device === undefined ? undefined : count(device),
  ])
  return {
    decide: (known, user) => {
      const { decision } = known && own !== undefined ? own : all
      quotas.show(decision, user)
      return decision
    },
    giveBack: (amount) => Promise.all([all.giveBack(amount), own?.giveBack(amount)]),
  }
}

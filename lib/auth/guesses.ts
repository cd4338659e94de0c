import type { Decision, Partition } from '../rate-limit/types.ts'
import type { AuthCall, MailDeps } from './types.ts'
import { parseUserId } from './user-id.ts'

/**
 * The failed sign-ins of an account, counted before comparing: at large, and at the client's
 * address. An address from which the account has signed in is judged by its own count, so that a
 * stranger's guesses from elsewhere do not lock the owner out.
 */
export interface Guess {
  /** Whether to go on, and what the answer's headers say. @param known The account signed in here. */
  decide(known: boolean): Decision
  /** `one` when nothing was compared, `all` after a success. */
  giveBack(amount: 'one' | 'all'): Promise<unknown>
}

/** Names an account at a client's address; undefined where the one or the other is not known. */
export async function deviceOf(
  userId: string | undefined,
  partition: Partition,
  { accountKey }: Pick<MailDeps, 'accountKey'>,
): Promise<string | undefined> {
  if (userId === undefined || partition === 'shared') return undefined
  return accountKey(`device\n${userId}\n${partition.key}`)
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

/** Counts a guess. @param device Of {@link deviceOf}. */
export async function countGuess(
  { quotas }: Pick<AuthCall, 'quotas'>,
  address: string,
  device: string | undefined,
  deps: Pick<MailDeps, 'accountKey'>,
): Promise<Guess> {
  const partitions = [
    await accountPartition(address, deps),
    ...(device === undefined ? [] : [{ key: device }]),
  ]
  const counted = await Promise.all(
    partitions.map(async (partition) => {
      const decision = await quotas.countQuietly('signin-account', partition)
      return { partition, decision }
    }),
  )
  const [all, own] = counted
  if (all === undefined) throw new TypeError('a guess is counted by its account')
  return {
    decide: (known) => {
      const { decision } = known && own !== undefined ? own : all
      quotas.show(decision)
      return decision
    },
    giveBack: (amount) =>
      Promise.all(
        counted.map(({ decision, partition }) => quotas.giveBack(decision, partition, amount)),
      ),
  }
}

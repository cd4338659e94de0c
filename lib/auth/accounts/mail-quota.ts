import { type Failure, fail, ok, type Result } from '../../contract/problems.ts'
import { quotaExceeded } from '../../rate-limit/headers.ts'
import { deviceRead } from '../../store/sessions.ts'
import { guessKeys } from '../sessions/guesses.ts'
import type { AuthCall, MailDeps } from '../types.ts'
import { parseUserId } from './user-id.ts'

/** Three an hour from one network, ten from everywhere. */
const EVERYWHERE_FACTOR = 10 / 3

/** Whether a mail may go out, and how to give back what was counted. */
export interface MailTurn {
  /** False beyond the mails that an address gets from everywhere: the answer is then the same. */
  send: boolean
  giveBack(): Promise<void>
}

/**
 * Counts a mail to an address: by the address and the sender's network, so that a stranger elsewhere
 * does not use up what its owner may ask for; and by the address alone, so that nobody's inbox is
 * flooded from many networks. A network from which the account has signed in is never held up by
 * what others ask for.
 *
 * Tags (`me+tag@…`) are left out: they lead to one inbox.
 *
 * @returns `quota-exceeded` beyond the first count; beyond the second, `send` is false and the answer is
 *   the same.
 */
export async function countMail(
  call: Pick<AuthCall, 'quotas' | 'store' | 'client'>,
  deps: Pick<MailDeps, 'accountKey'>,
  address: string,
): Promise<Result<MailTurn, 'quota-exceeded'>> {
  const { quotas, store, client } = call
  const inbox = inboxOf(address)
  const network = client.partition === 'shared' ? 'shared' : client.partition.key
  const [fromHere, everywhere, { device = '' }] = await Promise.all([
    deps.accountKey(`mail\n${inbox}\n${network}`),
    deps.accountKey(`mail\n${inbox}`),
    guessKeys(address, client.partition, deps),
  ])
  const here = { key: fromHere }
  const quota = await quotas.count('mail-account', here)
  if (!quota.allowed) return quotaExceeded([quota])
  const all = { key: everywhere, factor: EVERYWHERE_FACTOR }
  const [total, [isKnown]] = await Promise.all([
    quotas.countQuietly('mail-account', all),
    store.read(deviceRead(parseUserId(address) ?? '', device)),
  ])
  return ok({
    send: total.allowed || isKnown,
    giveBack: async () => {
      const counted = [
        { decision: quota, partition: here },
        { decision: total, partition: all },
      ]
      await quotas.giveBack(counted, 'one')
    },
  })
}

/** The failure when no mail service is configured: nothing is stored that would wait for a mail. */
export function noMail(deps: Pick<MailDeps, 'mailer'>): Failure<'service-unavailable'> | undefined {
  if (deps.mailer.isConfigured) return undefined
  const detail = 'This service sends no mail. Ask its operator for an account or a new password.'
  return fail('service-unavailable', 'no mail is configured', { detail, retryAfterSeconds: 3_600 })
}

function inboxOf(address: string): string {
  const userId = parseUserId(address)
  if (userId === undefined) return `impossible\n${address}`
  const at = userId.lastIndexOf('@')
  const local = userId.slice(0, at)
  const plus = local.indexOf('+')
  return plus > 0 ? `${local.slice(0, plus)}${userId.slice(at)}` : userId
}

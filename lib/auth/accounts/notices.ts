import { identifyAccount } from '../../store/users.ts'
import type { AuthCall, AuthDeps, MailDeps } from '../types.ts'
import { passwordLetter } from './letters.ts'
import { parseMailAddress } from './user-id.ts'

/**
 * Reports a failed sign-in under the account's id. An account that was typed by hand and never signed
 * in gets its id behind the answer: no event shows an address.
 *
 * @param account Undefined if no account has the address. The event then has no user: people sometimes
 *   type their password into that field.
 */
export function reportFailedSignIn(
  call: Pick<AuthCall, 'report' | 'background'>,
  deps: Pick<AuthDeps, 'newAccountId'>,
  account: { userId: string; accountId: string | undefined } | undefined,
  session?: string,
): void {
  if (account === undefined || account.accountId !== undefined) {
    call.report('signin.failed', { user: account?.accountId, session })
    return
  }
  call.background(async (store) => {
    const user = await identifyAccount(store(), account.userId, deps.newAccountId())
    call.report('signin.failed', { user, session })
  })
}

/**
 * Tells an account's owner by mail that its password is another (OWASP ASVS v5.0.0-6.3.7), and what
 * has become of its API keys.
 */
export function tellOwner(
  call: Pick<AuthCall, 'later' | 'trace'>,
  { mailer, origin }: Pick<MailDeps, 'mailer' | 'origin'>,
  userId: string,
  change: { how: 'changed' | 'reset'; endedKeys: number; leftKeys: number },
): void {
  // An account that was typed by hand may have a name that no mail goes to.
  if (!mailer.isConfigured || parseMailAddress(userId) === undefined) return
  call.later(mailer.send(passwordLetter(userId, origin, change), call.trace))
}

/** The header fields that say what happened to the account's API keys; the answer has no body. */
export function keyHeaders(ended: number, left: number): Record<string, string> {
  return { 'Usher-Keys-Ended': String(ended), 'Usher-Keys-Left': String(left) }
}

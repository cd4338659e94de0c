import { ok, type Result } from '../../contract/problems.ts'
import type { TokenKind } from '../../store/link-lifetimes.ts'
import { issueToken } from '../../store/one-time.ts'
import type { AuthCall, MailDeps } from '../types.ts'
import { resetLetter, verificationLetter } from './letters.ts'
import { MAIL_NOTICE, type MailNotice } from './mail-notice.ts'
import { countMail, noMail } from './mail-quota.ts'
import { parseMailAddress } from './user-id.ts'

/**
 * Sends a one-time token to an address, if it belongs to an account or a registration that can use
 * one. The answer and the steps are the same if it does not: the same counts, one call to the store, and
 * the mail goes out after the answer.
 */
export async function sendToken(
  call: AuthCall<unknown>,
  deps: MailDeps,
  address: string,
  kind: TokenKind,
): Promise<Result<MailNotice, 'quota-exceeded' | 'service-unavailable'>> {
  const unable = noMail(deps)
  if (unable !== undefined) return unable
  const turn = await countMail(call, deps, address)
  if (!turn.ok) return turn

  const userId = turn.value.send ? parseMailAddress(address) : undefined
  const token = deps.randomToken()
  // No account has the empty id: an impossible address costs the same trip.
  const tokenHash = await deps.tokenHash(token)
  const status = await issueToken(call.store, { userId: userId ?? '', kind, tokenHash })
  if (status !== 'refused' && userId !== undefined) {
    const letter = status === 'pending' ? verificationLetter : resetLetter
    call.later(deps.mailer.send(letter(userId, deps.origin, token), call.trace))
  }
  return ok(MAIL_NOTICE)
}

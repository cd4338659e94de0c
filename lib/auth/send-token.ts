import { ok, type Result } from '../errors.ts'
import { quotaExceeded } from '../rate-limit/headers.ts'
import { issueToken, type TokenKind } from '../store/one-time.ts'
import { accountPartition } from './guesses.ts'
import { resetLetter, verificationLetter } from './letters.ts'
import type { AuthCall, MailDeps } from './types.ts'
import { parseMailAddress } from './user-id.ts'

/** How long a link may be used, in milliseconds. */
export const TOKEN_TTL_MS = { verify: 86_400_000, reset: 1_800_000 } as const

/** A person looks into the mail, whatever it says, and whether or not there is one. */
export interface MailNotice {
  message: string
}

export const MAIL_NOTICE: MailNotice = {
  message: 'If this address can use it, a mail is on its way.',
}

/**
 * Sends a one-time token to an address, if it belongs to an account that can use one. Whether it
 * does shows neither in the answer nor in the steps: one count, one call to the store, and the mail
 * goes out after the answer.
 */
export async function sendToken(
  call: AuthCall<unknown>,
  deps: MailDeps,
  address: string,
  kind: TokenKind,
): Promise<Result<MailNotice, 'quota-exceeded'>> {
  const userId = parseMailAddress(address)
  const partition = await accountPartition(userId ?? address, deps)
  const quota = await call.quotas.count('mail-account', partition)
  if (!quota.allowed) return quotaExceeded([quota])

  const token = deps.randomToken()
  const status = await issueToken(call.store, {
    // No account has the empty id: an impossible address costs the same trip.
    userId: userId ?? '',
    kind,
    tokenHash: await deps.tokenHash(token),
    tokenTtlMs: TOKEN_TTL_MS[kind],
  })
  if (status === 'issued' && userId !== undefined) {
    const letter = kind === 'verify' ? verificationLetter : resetLetter
    call.later(deps.mailer.send(letter(userId, deps.origin, token), call.trace))
  }
  return ok(MAIL_NOTICE)
}

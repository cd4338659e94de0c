import { fail, ok, type Result } from '../../contract/problems.ts'
import type { SpentCode } from '../../store/totp.ts'
import type { Credentials } from '../../store/users.ts'
import type { AccountDeps } from '../types.ts'
import { parseCode, stepOf } from './one-time-code.ts'

/** A code that is right, as far as can be known before the store has used it up. */
export interface RightCode extends SpentCode {
  /** To be kept in the place of `compared`, where that is sealed with an earlier secret. */
  resealed: string | undefined
}

/** Of an account without TOTP. */
const NO_CODE: RightCode = { compared: '', step: '', recovery: '', resealed: undefined }

/**
 * Judges the code of a sign-in whose password was right. Whether a step or a recovery code is used for the
 * first time is for the script to say that goes on with it.
 *
 * @param code As it was typed; undefined where none was sent.
 * @param nowMs Of the store's clock.
 */
export async function judgeCode(
  { totp, accountId }: Credentials,
  code: string | undefined,
  nowMs: number,
  deps: Pick<AccountDeps, 'secretBox' | 'tokenHash'>,
): Promise<Result<RightCode, 'second-factor-required' | 'invalid-credentials'>> {
  if (totp === undefined) return ok(NO_CODE)
  if (code === undefined) return fail('second-factor-required', 'no code')
  const about = accountId ?? ''
  const typed = parseCode(code)
  if (typed === undefined) return fail('invalid-credentials', 'not the form of a code')
  if (typed.kind === 'recovery') {
    const recovery = await recoveryHash(about, typed.text, deps)
    return ok({ compared: totp, step: '', recovery, resealed: undefined })
  }
  const opened = await deps.secretBox.open(totp, about)
  // For the operator: SECRET_RTOKEN was replaced, and is not among the previous ones.
  if (opened === undefined) return fail('invalid-credentials', 'no secret opens the TOTP secret')
  const step = await stepOf(opened.secret, typed.text, nowMs)
  if (step === undefined) return fail('invalid-credentials', 'wrong code')
  const resealed = opened.isCurrent ? undefined : await deps.secretBox.seal(opened.secret, about)
  return ok({ compared: totp, step, recovery: '', resealed })
}

/** What is kept of a recovery code: of two accounts with one code, another for each. */
export async function recoveryHash(
  accountId: string,
  code: string,
  { tokenHash }: Pick<AccountDeps, 'tokenHash'>,
): Promise<string> {
  return `code:${await tokenHash(`${accountId} ${code.replaceAll('-', '')}`)}`
}

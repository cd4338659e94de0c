import * as z from 'zod/mini'
import { type Failure, fail } from '../../contract/problems.ts'
import type { AccountDeps } from '../types.ts'
import { isCommonPassword } from './common-passwords.ts'
import { isMadeOf, wordsOf } from './context-words.ts'
import { fits, LONGEST_PASSWORD_BYTES, normalize } from './password.ts'
import type { PasswordRules } from './rules.ts'

/**
 * A password that bcrypt can read whole. Whether it is long enough, and hard to guess, is for
 * {@link refusePassword}, which knows the rules of the service.
 */
export const newPassword = z.string().check(
  z.refine(fits, {
    error: `may have ${LONGEST_PASSWORD_BYTES} bytes of UTF-8 at most`,
  }),
)

/**
 * Refuses a short or a weak password, and one of a published breach where that is looked up.
 *
 * @returns A failure to answer with, or undefined.
 */
export async function refusePassword(
  password: string,
  userId: string,
  { passwordRules, isBreached }: Pick<AccountDeps, 'passwordRules' | 'isBreached'>,
): Promise<Failure<'validation-error'> | undefined> {
  const weak = weakness(password, userId, passwordRules)
  if (weak !== undefined) return weak
  return (await isBreached(normalize(password)))
    ? refused('has appeared in a data breach: choose another')
    : undefined
}

/**
 * Refuses a password that is too short, and what a guesser tries first: the common passwords, and
 * the words of the account's address and of the service.
 *
 * @returns A failure to answer with, or undefined.
 *
 * @see NIST SP 800-63B-4 §3.1.1.2, OWASP ASVS v5.0.0-6.2.4, v5.0.0-6.2.11
 */
export function weakness(
  password: string,
  userId: string,
  rules: PasswordRules,
): Failure<'validation-error'> | undefined {
  const short = refuseShort(password, rules)
  if (short !== undefined) return short
  const plain = normalize(password).toLowerCase()
  if (isMadeOf(plain, wordsOf(userId, ...rules.serviceNames))) {
    return refused('is made of your address or the name of this service: choose other words')
  }
  return isCommonPassword(plain) ? refused('is one of the most common passwords') : undefined
}

/** Refuses a password that is too short here. */
export function refuseShort(
  password: string,
  { minLength }: Pick<PasswordRules, 'minLength'>,
): Failure<'validation-error'> | undefined {
  const long = [...normalize(password)].length >= minLength
  return long ? undefined : refused(`needs ${minLength} characters at least`)
}

function refused(message: string): Failure<'validation-error'> {
  return fail('validation-error', 'weak password', { errors: [{ pointer: '#/password', message }] })
}

import * as z from 'zod/mini'
import { type Failure, fail } from '../errors.ts'
import { COMMON_PASSWORDS } from './common-passwords.ts'
import {
  fits,
  LONGEST_PASSWORD_BYTES,
  normalize,
  SHORTEST_PASSWORD_CHARACTERS,
} from './password.ts'
import type { AccountDeps } from './types.ts'

/** A password that may be set: long enough to resist guessing, short enough for bcrypt to read. */
export const newPassword = z.string().check(
  z.refine((password) => [...normalize(password)].length >= SHORTEST_PASSWORD_CHARACTERS, {
    error: `needs ${SHORTEST_PASSWORD_CHARACTERS} characters at least`,
  }),
  z.refine(fits, { error: `may have ${LONGEST_PASSWORD_BYTES} bytes of UTF-8 at most` }),
)

/**
 * Refuses a weak password, and one of a published breach where that is looked up.
 *
 * @returns A failure to answer with, or undefined.
 */
export async function refusePassword(
  password: string,
  userId: string,
  { isBreached }: Pick<AccountDeps, 'isBreached'>,
): Promise<Failure<'validation-error'> | undefined> {
  const weak = weakness(password, userId)
  if (weak !== undefined) return weak
  return (await isBreached(normalize(password)))
    ? refused('has appeared in a data breach: choose another')
    : undefined
}

/**
 * Refuses what a guesser tries first: the common passwords, and the user's own address or name.
 *
 * @returns A failure to answer with, or undefined.
 *
 * @see NIST SP 800-63B §5.1.1.2, OWASP ASVS v5.0.0-6.2.4
 */
export function weakness(
  password: string,
  userId: string,
): Failure<'validation-error'> | undefined {
  const plain = normalize(password).toLowerCase()
  const [name = ''] = userId.split('@')
  const message = COMMON_PASSWORDS.has(plain)
    ? 'is one of the most common passwords'
    : plain === userId || plain === name
      ? 'is your own name'
      : undefined
  return message === undefined ? undefined : refused(message)
}

function refused(message: string): Failure<'validation-error'> {
  return fail('validation-error', 'weak password', { errors: [{ pointer: '#/password', message }] })
}

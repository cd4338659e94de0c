import * as z from 'zod/mini'
import { type Failure, fail } from '../errors.ts'
import { COMMON_PASSWORDS } from './common-passwords.ts'
import {
  fits,
  LONGEST_PASSWORD_BYTES,
  normalize,
  SHORTEST_PASSWORD_CHARACTERS,
} from './password.ts'

/** A password that may be set: long enough to resist guessing, short enough for bcrypt to read. */
export const newPassword = z.string().check(
  z.refine((password) => [...normalize(password)].length >= SHORTEST_PASSWORD_CHARACTERS, {
    error: `needs ${SHORTEST_PASSWORD_CHARACTERS} characters at least`,
  }),
  z.refine(fits, { error: `may have ${LONGEST_PASSWORD_BYTES} bytes of UTF-8 at most` }),
)

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
  if (message === undefined) return undefined
  return fail('validation-error', 'weak password', { errors: [{ pointer: '#/password', message }] })
}

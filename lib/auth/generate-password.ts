import * as z from 'zod/mini'
import { ok, type Result } from '../errors.ts'
import { fits, LONGEST_PASSWORD_BYTES, SHORTEST_PASSWORD_CHARACTERS } from './password.ts'
import type { AuthCall, AuthDeps } from './types.ts'

/** A password that may be set: long enough to resist guessing, short enough for bcrypt to read. */
export const newPassword = z.string().check(
  z.refine((password) => [...password].length >= SHORTEST_PASSWORD_CHARACTERS, {
    error: `needs ${SHORTEST_PASSWORD_CHARACTERS} characters at least`,
  }),
  z.refine(fits, { error: `may have ${LONGEST_PASSWORD_BYTES} bytes of UTF-8 at most` }),
)

export const generatePasswordInput = z.strictObject({ password: newPassword })

/** Hashes a password for an account that an operator types into Redis by hand. */
export async function generatePassword(
  call: AuthCall<z.output<typeof generatePasswordInput>>,
  deps: AuthDeps,
): Promise<Result<{ password: string }, 'service-unavailable'>> {
  const hash = await deps.passwords.hash(call.input.password)
  return hash.ok ? ok({ password: hash.value }) : hash
}

export const generatePasswordCase = { input: generatePasswordInput, run: generatePassword }

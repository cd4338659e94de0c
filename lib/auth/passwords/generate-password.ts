import * as z from 'zod/mini'
import { ok, type Result } from '../../contract/problems.ts'
import type { AccountDeps, AuthCall } from '../types.ts'
import { newPassword, refuseShort } from './new-password.ts'

export const generatePasswordInput = z.strictObject({ password: newPassword })

/** Hashes a password for an account that an operator types into Redis by hand. */
export async function generatePassword(
  call: AuthCall<z.output<typeof generatePasswordInput>>,
  deps: AccountDeps,
): Promise<Result<{ password: string }, 'validation-error' | 'service-unavailable'>> {
  const short = refuseShort(call.input.password, deps.passwordRules)
  if (short !== undefined) return short
  const hash = await deps.passwords.hash(call.input.password)
  return hash.ok ? ok({ password: hash.value }) : hash
}

export const generatePasswordCase = { input: generatePasswordInput, run: generatePassword }

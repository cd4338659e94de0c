import * as z from 'zod/mini'
import { ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import type { AccountDeps } from '../types.ts'
import { newPassword, refuseShort } from './new-password.ts'

export const generatePasswordInput = z.strictObject({ password: newPassword })

/** Hashes a password for an account that an operator types into Redis by hand. */
export const generatePassword = defineOperation('generatePassword', {
  summary: 'Hash a password with bcrypt, for an account typed by hand',
  input: generatePasswordInput,
  problems: ['validation-error', 'service-unavailable'],
  answer: 'PasswordHash',
  run: async (call, deps: AccountDeps) => {
    const short = refuseShort(call.input.password, deps.passwordRules)
    if (short !== undefined) return short
    const hash = await deps.passwords.hash(call.input.password)
    return hash.ok ? ok({ password: hash.value }) : hash
  },
})

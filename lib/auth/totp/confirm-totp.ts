import * as z from 'zod/mini'
import { type Failure, fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { enableTotp, totpRead } from '../../store/totp.ts'
import { beginGuess } from '../passwords/current-password.ts'
import type { AccountDeps } from '../types.ts'
import { parseCode, RECOVERY_CODES_BYTES, recoveryCodesOf, stepOf } from './one-time-code.ts'
import { recoveryHash } from './second-factor.ts'

export const confirmTotpInput = z.strictObject({ code: z.string() })

/** Each of them stands for a code once. */
export interface RecoveryCodes {
  recoveryCodes: string[]
}

/**
 * Turns TOTP on by the first code of the secret that {@link startTotp} has made. From then on signing in
 * wants a code.
 *
 * @returns Ten recovery codes, this once; `invalid-credentials` for a wrong code, which counts as a failed
 *   sign-in; `conflict` where no secret waits.
 */
export const confirmTotp = defineOperation('confirmTotp', {
  summary: 'Turn TOTP on by a code; answers recovery codes, this once',
  input: confirmTotpInput,
  problems: ['invalid-credentials', 'conflict', 'quota-exceeded'],
  answer: 'RecoveryCodes',
  run: async (call, deps: AccountDeps) => {
    const { principal, store, input } = call
    const { accountId } = principal
    const [begun, [{ pending }]] = await Promise.all([
      beginGuess(call, deps),
      store.read(totpRead(accountId)),
    ])
    if (!begun.ok) return begun
    const { guess, now } = begun.value
    const opened = pending === undefined ? undefined : await deps.secretBox.open(pending, accountId)
    if (pending === undefined || opened === undefined) {
      await guess.giveBack('one')
      return nothingPending()
    }
    const typed = parseCode(input.code)
    const step = typed && (await stepOf(opened.secret, typed.text, now))
    if (step === undefined) return fail('invalid-credentials', 'wrong code')

    const recoveryCodes = recoveryCodesOf(deps.randomBytes(RECOVERY_CODES_BYTES))
    const hashes = await Promise.all(
      recoveryCodes.map((code) => recoveryHash(accountId, code, deps)),
    )
    const confirmed = { sealed: pending, step, recoveryCodes: hashes }
    const [isEnabled] = await Promise.all([
      enableTotp(store, principal, confirmed),
      guess.giveBack('all'),
    ])
    if (!isEnabled) return nothingPending()
    call.report('totp.enabled', { user: accountId, session: principal.sessionId })
    return ok({ recoveryCodes })
  },
})

function nothingPending(): Failure<'conflict'> {
  const detail = 'No secret waits for a code: begin with POST /api/auth/totp.'
  return fail('conflict', 'no pending secret', { detail })
}

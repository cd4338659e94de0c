import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { disableTotp as disableStored } from '../../store/totp.ts'
import { reportFailedSignIn } from '../accounts/notices.ts'
import { beginGuess } from '../passwords/current-password.ts'
import { FRESH_PROBLEMS, requireFresh } from '../sessions/fresh.ts'
import type { AccountDeps } from '../types.ts'
import { judgeCode } from './second-factor.ts'

export const disableTotpInput = z.strictObject({
  code: z.string(),
  current: z.optional(z.string()),
})

/**
 * Turns TOTP off by a code of the app or a recovery code, after a fresh sign-in.
 *
 * @returns Nothing (204); what {@link requireFresh} fails with; `invalid-credentials` for a wrong code, which
 *   counts as a failed sign-in; `not-found` where TOTP is not on.
 */
export const disableTotp = defineOperation('disableTotp', {
  summary: 'Turn TOTP off by a code',
  input: disableTotpInput,
  problems: ['not-found', ...FRESH_PROBLEMS],
  run: async (call, deps: AccountDeps) => {
    const { principal, store, input } = call
    const { accountId, userId, sessionId } = principal
    const fresh = await requireFresh(call, deps, input.current)
    if (!fresh.ok) return fresh
    const begun = await beginGuess(call, deps)
    if (!begun.ok) return begun
    const { account, guess, now } = begun.value
    if (account.totp === undefined) {
      await guess.giveBack('one')
      return fail('not-found', 'TOTP is not on')
    }
    const code = await judgeCode(account, input.code, now, deps)
    const ended = code.ok ? await disableStored(store, principal, code.value) : 'wrong'
    if (!code.ok || ended !== 'done') {
      reportFailedSignIn(call, deps, { userId, accountId }, sessionId)
      return fail('invalid-credentials', code.ok ? `code ${ended}` : code.reason)
    }
    await guess.giveBack('all')
    const about = { user: accountId, session: sessionId }
    if (code.value.recovery !== '') call.report('recovery-code.used', about)
    call.report('totp.disabled', about)
    return ok(undefined)
  },
})

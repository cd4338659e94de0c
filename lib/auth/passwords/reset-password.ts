import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { forgetKeys } from '../../store/forget.ts'
import {
  claimReset,
  releaseReset,
  replacePassword,
  resetTokenRead,
} from '../../store/password-reset.ts'
import { keyHeaders, tellOwner } from '../accounts/notices.ts'
import { countGuess, guessKeys } from '../sessions/guesses.ts'
import type { AccountDeps } from '../types.ts'
import { newPassword, refusePassword } from './new-password.ts'

export const resetInput = z.strictObject({ token: z.string(), password: newPassword })

/**
 * Sets a new password by the token of the newest mail, once. Every session and every API key ends in
 * the same step, failed sign-ins are forgotten, and the client's network is known from then on, so that
 * strangers elsewhere cannot keep the owner out. The owner is told by mail. If several requests bring
 * one token at the same time, one of them claims it. A refused password or a busy server does not use
 * the token up.
 *
 * @returns Nothing (204), and in a header how many API keys ended; `invalid-token`: unknown, used, over, or of an older mail;
 *   `validation-error` for a weak password; `service-unavailable` when too many hashes wait.
 */
export const resetPassword = defineOperation('resetPassword', {
  summary: 'Set a new password by the token of a mail; every session and API key ends',
  input: resetInput,
  problems: ['invalid-token', 'validation-error', 'service-unavailable'],
  run: async (call, deps: AccountDeps) => {
    const { store, client, input } = call
    const claim = { id: deps.randomId(), tokenHash: await deps.tokenHash(input.token) }
    const [owner] = await store.read(resetTokenRead(claim.tokenHash))
    if (owner === undefined) return fail('invalid-token', 'no such one-time token')
    const weak = await refusePassword(input.password, owner, deps)
    if (weak !== undefined) return weak

    const userId = await claimReset(store, claim)
    if (userId === undefined) return fail('invalid-token', 'one-time token is claimed')
    const hash = await deps.passwords.hash(input.password)
    if (!hash.ok) {
      await releaseReset(store, claim)
      return hash
    }
    // Counted before the change and given back after it: a failure to give back changes no answer.
    const names = await guessKeys(userId, client.partition, deps)
    const guess = await countGuess(call, names)
    const reset = await replacePassword(store, {
      userId,
      claim,
      hash: hash.value,
      device: names.device,
      freshId: deps.newAccountId(),
    })
    if (reset.status === 'refused') return fail('invalid-token', 'one-time token is void')

    call.report('password.reset', { user: reset.accountId })
    call.background((fresh) => forgetKeys(fresh(), reset.keyIds))
    tellOwner(call, deps, userId, { how: 'reset', endedKeys: reset.endedKeys, leftKeys: 0 })
    await guess.giveBack('all')
    return ok(undefined, { headers: keyHeaders(reset.endedKeys, 0) })
  },
})

import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { keepRegistration } from '../../store/register.ts'
import { newPassword, refusePassword } from '../passwords/new-password.ts'
import type { AccountDeps } from '../types.ts'
import { knownAddressLetter, verificationLetter } from './letters.ts'
import { MAIL_NOTICE } from './mail-notice.ts'
import { countMail, noMail } from './mail-quota.ts'
import { parseMailAddress } from './user-id.ts'

export const registerInput = z.strictObject({ user: z.string(), password: newPassword })

/**
 * Registers an address: the account is made when the link in the mail is followed, with the password
 * that came with this registration. Registering an address again changes nothing of what was there:
 * each mail has a link of its own. A known address gets another mail and the same answer, in the same
 * steps: one hash, one call to the store.
 *
 * @returns 202; `validation-error` for what is no mail address and for a weak password;
 *   `quota-exceeded` by client and by address; `service-unavailable` when too many hashes wait, and
 *   where no mail is configured.
 *
 * @see OWASP ASVS v5.0.0-6.3.8, v5.0.0-6.4.1
 */
export const register = defineOperation('register', {
  summary: 'Register an address; a mail confirms it',
  input: registerInput,
  problems: ['validation-error', 'quota-exceeded', 'service-unavailable'],
  answer: 'MailNotice',
  run: async (call, deps: AccountDeps) => {
    const unable = noMail(deps)
    if (unable !== undefined) return unable
    const userId = parseMailAddress(call.input.user)
    if (userId === undefined) {
      const errors = [{ pointer: '#/user', message: 'is not a mail address' }]
      return fail('validation-error', 'not a mail address', { errors })
    }
    const weak = await refusePassword(call.input.password, userId, deps)
    if (weak !== undefined) return weak
    const turn = await countMail(call, deps, userId)
    if (!turn.ok) return turn

    const hash = await deps.passwords.hash(call.input.password)
    if (!hash.ok) {
      await turn.value.giveBack()
      return hash
    }
    const token = deps.randomToken()
    const status = await keepRegistration(call.store, {
      userId,
      hash: hash.value,
      tokenHash: await deps.tokenHash(token),
    })
    if (status !== 'refused' && turn.value.send) {
      const mail =
        status === 'registered'
          ? verificationLetter(userId, deps.origin, token)
          : knownAddressLetter(userId, deps.origin)
      call.later(deps.mailer.send(mail, call.trace))
    }
    return ok(MAIL_NOTICE)
  },
})

import * as z from 'zod/mini'
import { type Failure, fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { addPasskey, takeRegistrationChallenge } from '../../store/passkeys.ts'
import { nameText } from '../accounts/name-text.ts'
import { FRESH_PROBLEMS, requireFresh } from '../sessions/fresh.ts'
import type { AccountDeps } from '../types.ts'
import { readClientData, relyingParty } from './client-data.ts'
import { registrationCredential } from './credentials.ts'
import { verifyRegistration } from './registration.ts'
import { ownPasskey } from './shown-passkey.ts'

const MOST_PASSKEYS = 50

export const createPasskeyInput = z.strictObject({
  name: nameText.check(z.minLength(1)),
  credential: registrationCredential,
  current: z.optional(z.string()),
})

/**
 * Adds the passkey that an authenticator has made for a challenge of this account, after a fresh sign-in. The
 * challenge is used up whatever comes of it, but for a sign-in that is not fresh: the same credential can be
 * sent again, with the password.
 *
 * @returns The passkey; what {@link requireFresh} fails with; `validation-error` for a credential that does not
 *   hold; `conflict` when an account has it already, and beyond fifty.
 *
 * @see [WebAuthn Level 3 §7.1](https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)
 */
export const createPasskey = defineOperation('createPasskey', {
  summary: 'Add a passkey that was made for your account',
  input: createPasskeyInput,
  problems: ['validation-error', 'conflict', ...FRESH_PROBLEMS],
  answer: 'Passkey',
  run: async (call, deps: AccountDeps) => {
    const { principal, store, input } = call
    const { name, credential } = input
    const { accountId, sessionId } = principal
    const fresh = await requireFresh(call, deps, input.current)
    if (!fresh.ok) return fresh
    const challenge = readClientData(credential.response.clientDataJSON)?.challenge
    if (challenge === undefined) return refused('no client data')
    const challengeHash = await deps.tokenHash(challenge)
    if (!(await takeRegistrationChallenge(store, challengeHash, accountId))) {
      return refused('no such challenge')
    }
    const party = relyingParty(deps.origin)
    const made = await verifyRegistration(credential, { challenge, party })
    if (!made.ok) return refused(made.reason)

    const id = deps.randomId()
    const record = await deps.tokenHash(made.credential)
    const { ok: _, ...registered } = made
    const added = await addPasskey(
      store,
      principal,
      { id, name, record, ...registered },
      MOST_PASSKEYS,
    )
    switch (added.status) {
      case 'refused':
        return fail('invalid-token', 'the account may not enter')
      case 'taken':
        return fail('conflict', 'known credential', { detail: 'This passkey is known already.' })
      case 'full': {
        const detail = `An account has ${MOST_PASSKEYS} passkeys at most: delete one.`
        return fail('conflict', 'passkeys at their cap', { detail })
      }
      case 'added': {
        call.report('passkey.added', { user: accountId, session: sessionId, passkey: id })
        const { isBackedUp } = made
        const { createdAt } = added
        const passkey = ownPasskey({ id, name, createdAt, usedAt: undefined, isBackedUp })
        return ok(passkey, { headers: { Location: `/api/auth/passkeys/${id}` } })
      }
    }
  },
})

function refused(reason: string): Failure<'validation-error'> {
  const message = 'is not a passkey of a challenge that waits: ask for new options'
  return fail('validation-error', `passkey: ${reason}`, {
    errors: [{ pointer: '#/credential', message }],
  })
}

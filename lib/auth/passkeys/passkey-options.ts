import { ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { CEREMONY_MS, keepAssertionChallenge } from '../../store/passkeys.ts'
import type { MailDeps } from '../types.ts'
import { relyingParty } from './client-data.ts'

/** `PublicKeyCredentialRequestOptionsJSON` (WebAuthn Level 3 §5.5). */
export interface PasskeyOptions {
  challenge: string
  rpId: string
  timeout: number
  /** None is named: the authenticator shows those that it has. */
  allowCredentials: []
  userVerification: 'required'
}

/**
 * Begins a sign-in with a passkey, or a proof in a session. Nobody says who they are: the same answer is for
 * all, and its challenge is good for one assertion, for five minutes.
 */
export const passkeyOptions = defineOperation('passkeyOptions', {
  summary: 'Begin a sign-in with a passkey: options for navigator.credentials.get',
  problems: [],
  answer: 'PasskeyOptions',
  run: async ({ store }, deps: MailDeps) => {
    const challenge = deps.randomToken()
    await keepAssertionChallenge(store, await deps.tokenHash(challenge))
    const options: PasskeyOptions = {
      challenge,
      rpId: relyingParty(deps.origin).id,
      timeout: CEREMONY_MS,
      allowCredentials: [],
      userVerification: 'required',
    }
    return ok(options)
  },
})

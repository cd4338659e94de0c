import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { beginPasskey, CEREMONY_MS } from '../../store/passkeys.ts'
import type { MailDeps } from '../types.ts'
import { ALGORITHMS } from './algorithms.ts'
import { relyingParty } from './client-data.ts'

/** `PublicKeyCredentialCreationOptionsJSON` (WebAuthn Level 3 §5.4). */
export interface NewPasskeyOptions {
  rp: { id: string; name: string }
  user: { id: string; name: string; displayName: string }
  challenge: string
  pubKeyCredParams: { type: 'public-key'; alg: number }[]
  timeout: number
  /** Those of the account: an authenticator that has one makes no second. */
  excludeCredentials: { id: string; type: 'public-key'; transports?: string[] }[]
  authenticatorSelection: {
    residentKey: 'required'
    requireResidentKey: true
    userVerification: 'required'
  }
  attestation: 'none'
  extensions: { credProps: true }
}

/**
 * Begins to make a passkey. The user handle is random, and is the account's from its first passkey on: what
 * an authenticator keeps names nobody to others. The challenge is this account's, for five minutes.
 */
export const newPasskeyOptions = defineOperation('newPasskeyOptions', {
  summary: 'Begin to make a passkey: options for navigator.credentials.create',
  problems: [],
  answer: 'NewPasskeyOptions',
  run: async ({ store, principal }, deps: MailDeps) => {
    const challenge = deps.randomToken()
    const begun = await beginPasskey(store, principal, {
      challengeHash: await deps.tokenHash(challenge),
      freshHandle: deps.randomToken(),
    })
    if (begun.status === 'refused') return fail('invalid-token', 'another account by now')
    const { userId } = principal
    const options: NewPasskeyOptions = {
      rp: { id: relyingParty(deps.origin).id, name: deps.appName },
      user: { id: begun.handle, name: userId, displayName: begun.name ?? userId },
      challenge,
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
      timeout: CEREMONY_MS,
      excludeCredentials: begun.passkeys.map(({ credential, transports }) => ({
        id: credential,
        type: 'public-key',
        ...(transports === '' ? {} : { transports: transports.split(' ') }),
      })),
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
      attestation: 'none',
      extensions: { credProps: true },
    }
    return ok(options)
  },
})

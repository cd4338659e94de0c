import { type Failure, fail, ok, type Result } from '../../contract/problems.ts'
import { sameText } from '../../same-text.ts'
import { type PasskeyOwner, type PasskeyUse, takeAssertion } from '../../store/passkeys.ts'
import type { AuthCall, MailDeps } from '../types.ts'
import { verifyAssertion } from './assertion.ts'
import { readClientData, relyingParty } from './client-data.ts'
import type { AssertionCredential } from './credentials.ts'

/** Whose passkey was proven, and what is noted of its use. */
export interface ProvenPasskey extends PasskeyOwner {
  use: PasskeyUse
}

/**
 * Proves a passkey by an assertion of a challenge, which is used up whatever comes of it. One trip: the
 * passkey's record says whose it is, and for which user handle it was made.
 *
 * @returns `invalid-credentials` for whatever does not hold, an unknown passkey among it.
 */
export async function provePasskey(
  { store, report }: Pick<AuthCall, 'store' | 'report'>,
  credential: AssertionCredential,
  deps: MailDeps,
): Promise<Result<ProvenPasskey, 'invalid-credentials'>> {
  const refuse = (reason: string, user?: string): Failure<'invalid-credentials'> => {
    report('signin.failed', { user })
    return fail('invalid-credentials', `passkey: ${reason}`)
  }
  const { clientDataJSON, userHandle } = credential.response
  const challenge = readClientData(clientDataJSON)?.challenge
  if (challenge === undefined) return refuse('no client data')
  const [challengeHash, credentialHash] = await Promise.all([
    deps.tokenHash(challenge),
    deps.tokenHash(credential.id),
  ])
  const found = await takeAssertion(store, { challengeHash, credentialHash })
  if (found.status !== 'found') return refuse(found.status)
  const { accountId, userId, passkeyId, handle, key } = found
  if (!sameText(userHandle ?? '', handle)) return refuse('another user handle', accountId)
  const party = relyingParty(deps.origin)
  const assertion = await verifyAssertion(credential, { challenge, party, key })
  if (!assertion.ok) return refuse(assertion.reason, accountId)
  const { signCount, isBackedUp } = assertion
  return ok({ accountId, userId, use: { passkeyId, signCount, isBackedUp } })
}

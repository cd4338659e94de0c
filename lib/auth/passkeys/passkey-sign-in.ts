import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { openByPasskey } from '../../store/passkeys.ts'
import { enter, newSession } from '../sessions/enter.ts'
import { guessKeys } from '../sessions/guesses.ts'
import type { MailDeps } from '../types.ts'
import { assertionCredential } from './credentials.ts'
import { provePasskey } from './prove-passkey.ts'

export const passkeySignInInput = z.strictObject({ credential: assertionCredential })

/**
 * Signs in with a passkey and opens a session. Nobody says who they are: the passkey does. No code is
 * wanted, since an authenticator that verifies its user is two factors.
 *
 * An unknown passkey, one that does not hold and one of an account that may not enter answer the same
 * bytes. A sign count that falls back is told to the operator: there may be a copy of the passkey.
 *
 * @returns A token pair; `invalid-credentials`.
 *
 * @see [WebAuthn Level 3 §7.2](https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion)
 */
export const signInByPasskey = defineOperation('signInByPasskey', {
  summary: 'Sign in with a passkey; answers a token pair',
  input: passkeySignInInput,
  problems: ['invalid-credentials'],
  answer: 'TokenResponse',
  run: async (call, deps: MailDeps) => {
    const proven = await provePasskey(call, call.input.credential, deps)
    if (!proven.ok) return proven
    const { userId, accountId, use } = proven.value
    const { device } = await guessKeys(userId, call.client.partition, deps)
    const session = newSession(call, deps, { userId, accountId, device })
    const opened = await openByPasskey(call.store, session, use)
    if (opened.status === 'refused') {
      call.report('signin.failed', { user: accountId })
      return fail('invalid-credentials', 'account may not enter, or has the passkey no more')
    }
    if (opened.fell) {
      const { passkeyId: passkey } = use
      call.report('passkey.counter', { user: accountId, session: session.sessionId, passkey })
    }
    return ok(await enter(call, deps, session, opened))
  },
})

/**
 * Signs in as {@link signInByPasskey} does, and keeps the tokens in cookies that no script can read.
 *
 * @returns `{message, content}`; what signing in fails with. Its row keeps pages of other origins out.
 */
export const logInByPasskey = defineOperation('logInByPasskey', {
  summary: 'Sign in with a passkey as a browser does: the tokens come as cookies',
  input: passkeySignInInput,
  problems: signInByPasskey.problems,
  answer: 'Login',
  run: async (call, deps: MailDeps) => {
    const tokens = await signInByPasskey.run(call, deps)
    if (!tokens.ok) return tokens
    call.cookies.give(tokens.value)
    const { message, content } = tokens.value
    return ok({ message, content })
  },
})

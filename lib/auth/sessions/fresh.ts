import { fail, freshChallenge, ok, type Result } from '../../contract/problems.ts'
import { livenessAtPrimary } from '../../store/liveness.ts'
import { type CurrentCode, compareCurrent, type OwnCall } from '../passwords/current-password.ts'
import type { AccountDeps, AuthCall } from '../types.ts'

/** What {@link requireFresh} can fail with. */
export const FRESH_PROBLEMS = [
  'fresh-signin-required',
  'invalid-credentials',
  'quota-exceeded',
  'service-unavailable',
] as const

/**
 * Lets a dangerous operation go on for who has signed in a short time ago, in this session, or sends the
 * account's password with it: a session that was left open, or stolen, is not enough. A fresh sign-in
 * costs no trip: the read that proved the session has told of it. A replica may not know yet that it was
 * refreshed, so the primary is asked before anybody is refused.
 *
 * @param current The password, if it was sent. A wrong one counts as a failed sign-in of the account.
 *
 * @see [RFC 9470](https://www.rfc-editor.org/rfc/rfc9470.html)
 */
export async function requireFresh(
  call: OwnCall & Pick<AuthCall, 'signedInAgo'>,
  deps: AccountDeps,
  current?: string,
): Promise<Result<undefined, 'fresh-signin-required' | CurrentCode>> {
  const { freshSignIn } = deps.lifetimes
  const isFresh = (ago: number | undefined): boolean =>
    ago !== undefined && ago < freshSignIn * 1_000
  if (isFresh(call.signedInAgo())) return ok(undefined)
  if (current !== undefined) {
    const compared = await compareCurrent(call, deps, current)
    if (!compared.ok) return compared
    await compared.value.giveBack('all')
    return ok(undefined)
  }
  const session = await livenessAtPrimary(call.store, call.principal)
  if (session.status === 'live' && isFresh(session.signedInAgo)) return ok(undefined)
  return fail('fresh-signin-required', 'signed in too long ago', {
    headers: { 'WWW-Authenticate': freshChallenge(freshSignIn) },
  })
}

import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { FRESH_PROBLEMS, requireFresh } from '../sessions/fresh.ts'
import type { AccountDeps } from '../types.ts'
import { lastAdmin, type RemovalDeps, removeAccount } from './remove-account.ts'

/** The password, for a session whose sign-in was a while ago. */
export const deleteProfileInput = z.optional(z.strictObject({ current: z.optional(z.string()) }))

/**
 * Deletes the caller's own account with all that is kept of it. There is no way back.
 *
 * @returns Nothing (204); `conflict` for the last admin; `fresh-signin-required`.
 */
export const deleteProfile = defineOperation('deleteProfile', {
  summary: 'Delete your account with all that is kept of it',
  input: deleteProfileInput,
  problems: ['conflict', ...FRESH_PROBLEMS],
  run: async (call, deps: AccountDeps & RemovalDeps) => {
    const { principal, presented, cookies } = call
    const fresh = await requireFresh(call, deps, call.input?.current)
    if (!fresh.ok) return fresh
    const outcome = await removeAccount(call, deps, principal)
    if (outcome === 'last-admin') return lastAdmin()
    // The address has another account by now, or none.
    if (outcome === 'unknown') return fail('invalid-token', 'no such account')
    deps.deadSessions.end(principal.sessionId, deps.lifetimes)
    if (presented.by === 'cookies') cookies.clear()
    return ok(undefined)
  },
})

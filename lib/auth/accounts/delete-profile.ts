import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import type { AuthDeps } from '../types.ts'
import { lastAdmin, type RemovalDeps, removeAccount } from './remove-account.ts'

/** The password, for a session whose sign-in was a while ago. */
export const deleteProfileInput = z.optional(z.strictObject({ current: z.optional(z.string()) }))

/**
 * Deletes the caller's own account with all that is kept of it. There is no way back.
 *
 * @returns Nothing (204); `conflict` for the last admin.
 */
export const deleteProfile = defineOperation('deleteProfile', {
  summary: 'Delete your account with all that is kept of it',
  input: deleteProfileInput,
  problems: ['conflict'],
  run: async (call, deps: AuthDeps & RemovalDeps) => {
    const { principal, presented, cookies } = call
    const outcome = await removeAccount(call, deps, principal)
    if (outcome === 'last-admin') return lastAdmin()
    // The address has another account by now, or none.
    if (outcome === 'unknown') return fail('invalid-token', 'no such account')
    deps.deadSessions.end(principal.sessionId, deps.lifetimes)
    if (presented.by === 'cookies') cookies.clear()
    return ok(undefined)
  },
})

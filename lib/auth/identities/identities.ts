import * as z from 'zod/mini'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { identitiesRead, ownIdentityRead, unlinkIdentity } from '../../store/identities.ts'
import { FRESH_PROBLEMS, requireFresh } from '../sessions/fresh.ts'
import type { AccountDeps } from '../types.ts'
import { shownIdentities } from './shown-identities.ts'

/** Lists the identities that the caller signs in with, the oldest first. */
export const listIdentities = defineOperation('listIdentities', {
  summary: 'List the identities of providers that your account is joined to',
  problems: [],
  answer: ['Identity'],
  run: async (call) => {
    const found = await call.read(identitiesRead(call.principal.accountId))
    return found.ok ? ok({ data: shownIdentities(found.value), nextCursor: null }) : found
  },
})

/** The password, for a session whose sign-in was a while ago. */
export const deleteIdentityInput = z.optional(z.strictObject({ current: z.optional(z.string()) }))

/**
 * Takes one of the caller's identities away, unless nothing else is left to sign in with.
 *
 * @returns Nothing (204); `not-found`, also for another's; `conflict` for the last way in;
 *   `fresh-signin-required`.
 */
export const deleteIdentity = defineOperation('deleteIdentity', {
  summary: 'Take an identity away from your account',
  input: deleteIdentityInput,
  problems: ['not-found', 'conflict', ...FRESH_PROBLEMS],
  run: async (call, deps: AccountDeps) => {
    const { principal, store, id } = call
    const fresh = await requireFresh(call, deps, call.input?.current)
    if (!fresh.ok) return fresh
    const [identity] = await store.read(ownIdentityRead(principal.accountId, id))
    if (identity === undefined) return fail('not-found', 'no such identity of this user')
    switch (await unlinkIdentity(store, principal, identity)) {
      case 'unknown':
        return fail('not-found', 'no such identity of this user')
      case 'last': {
        const detail =
          'Nothing else is left to sign in with: set a password, add a passkey or join another provider first.'
        return fail('conflict', 'last way in', { detail })
      }
      case 'unlinked': {
        const about = { provider: identity.provider, identity: id }
        call.report('identity.unlinked', { user: principal.accountId, ...about })
        return ok(undefined)
      }
    }
  },
})

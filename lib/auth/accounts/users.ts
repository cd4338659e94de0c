import * as z from 'zod/mini'
import { LEVELS } from '../../contract/access.ts'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { listQuery, nextCursor, pageOf } from '../../paging.ts'
import { accountsOf, accountsRead, setRights } from '../../store/administration.ts'
import { forgetKeys } from '../../store/forget.ts'
import type { AuthDeps } from '../types.ts'
import { findAccount } from './find-account.ts'
import { healAccounts } from './heal-accounts.ts'
import { shownUser } from './shown-user.ts'

/** One of them at least. */
export const changeUserInput = z
  .strictObject({
    level: z.optional(z.int().check(z.minimum(0), z.maximum(LEVELS.admin))),
    disabled: z.optional(z.boolean()),
    totp: z.optional(z.literal(false)),
  })
  .check(
    z.refine((changes) => Object.values(changes).some((change) => change !== undefined), {
      error: 'names none of level, disabled and totp',
    }),
  )

/**
 * Lists accounts by address, in pages. For admins. An account that was typed by hand is there at once
 * in a small keyspace, and else as soon as its index is healed, which a list begins.
 */
export const listUsers = defineOperation('listUsers', {
  summary: 'List accounts, by address, in pages',
  input: listQuery,
  problems: [],
  answer: ['User'],
  run: async (call, deps: AuthDeps) => {
    const page = await call.read(accountsRead(pageOf(call.input)))
    if (!page.ok) return page
    call.background((store) => healAccounts(store, deps.randomId()))
    const data = accountsOf(page.value).map(({ userId, account }) => shownUser(userId, account))
    return ok({ data, nextCursor: nextCursor(page.value) })
  },
})

/** Reads one account, by its id or its address. For admins. */
export const readUser = defineOperation('readUser', {
  summary: 'Read an account, by its id or its address',
  problems: ['not-found'],
  answer: 'User',
  run: async (call) => {
    const found = await findAccount(call)
    return found.ok ? ok(shownUser(found.value.userId, found.value.account)) : found
  },
})

/**
 * Sets an account's level, disables or enables it, or takes its TOTP away. In force on the account's next request;
 * disabling ends its sessions and its API keys, enabling clears its failed sign-ins. TOTP can be taken away,
 * for whoever has lost their codes.
 *
 * @returns The account; `not-found`; `conflict` when nobody would be left who can do this.
 */
export const changeUser = defineOperation('changeUser', {
  summary: 'Set the level of an account, disable or enable it, or take its TOTP away',
  input: changeUserInput,
  problems: ['not-found', 'conflict'],
  answer: 'User',
  run: async (call) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    const { userId, account } = found.value
    const { level: newLevel, disabled, totp } = call.input
    const { accountId } = account
    const rights = { level: newLevel, disabled, totp }
    const changed = await setRights(call.store, { userId, accountId }, rights)
    switch (changed.status) {
      case 'unknown':
        return fail('not-found', 'no such account')
      case 'last-admin':
        return fail('conflict', 'last admin', { detail: 'This is the last admin.' })
      case 'done': {
        const about = { user: account.accountId, by: call.principal?.accountId }
        if (newLevel !== undefined) call.report('level.changed', { ...about, level: newLevel })
        if (disabled !== undefined) call.report(disabled ? 'user.disabled' : 'user.enabled', about)
        if (changed.endedTotp) call.report('totp.disabled', about)
        call.background((store) => forgetKeys(store(), changed.endedKeys))
        // Written at the primary a moment ago: a replica may not have it yet.
        const current = {
          ...account,
          level: newLevel === undefined ? account.level : String(newLevel),
          disabled: disabled ?? account.disabled,
        }
        return ok(shownUser(userId, current))
      }
    }
  },
})

import * as z from 'zod/mini'
import { LEVELS } from '../../contract/access.ts'
import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { listQuery, nextCursor, pageOf } from '../../paging.ts'
import { accountsOf, accountsRead, setRights } from '../../store/administration.ts'
import { forgetKeys } from '../../store/forget.ts'
import { notOneOf } from '../../validation.ts'
import type { PlanDeps } from '../types.ts'
import { findAccount } from './find-account.ts'
import { healAccounts } from './heal-accounts.ts'
import { shownUser } from './shown-user.ts'

/** One of them at least. */
export const changeUserInput = z
  .strictObject({
    level: z.optional(z.int().check(z.minimum(0), z.maximum(LEVELS.admin))),
    plan: z.optional(z.string()),
    disabled: z.optional(z.boolean()),
    totp: z.optional(z.literal(false)),
  })
  .check(
    z.refine((changes) => Object.values(changes).some((change) => change !== undefined), {
      error: 'names none of level, plan, disabled and totp',
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
  run: async (call, deps: PlanDeps) => {
    const page = await call.read(accountsRead(pageOf(call.input)))
    if (!page.ok) return page
    call.background((store) => healAccounts(store, deps.randomId()))
    const data = accountsOf(page.value).map(({ userId, account }) =>
      shownUser(userId, account, deps),
    )
    return ok({ data, nextCursor: nextCursor(page.value) })
  },
})

/** Reads one account, by its id or its address. For admins. */
export const readUser = defineOperation('readUser', {
  summary: 'Read an account, by its id or its address',
  problems: ['not-found'],
  answer: 'User',
  run: async (call, deps: PlanDeps) => {
    const found = await findAccount(call)
    return found.ok ? ok(shownUser(found.value.userId, found.value.account, deps)) : found
  },
})

/**
 * Sets an account's level or its plan, disables or enables it, or takes its TOTP away. In force on the account's
 * next request, a plan within ten where the gate has a memory of its own, or with the next token; disabling ends its
 * sessions and its API keys, enabling clears its failed sign-ins. TOTP can be taken away, for whoever has lost
 * their codes.
 *
 * @returns The account; `not-found`; `validation-error` for a plan that is not there; `conflict` when nobody would be left who can do this.
 */
export const changeUser = defineOperation('changeUser', {
  summary: 'Set the level or the plan of an account, disable or enable it, or take its TOTP away',
  input: changeUserInput,
  problems: ['not-found', 'conflict', 'validation-error'],
  answer: 'User',
  run: async (call, deps: PlanDeps) => {
    const { level: newLevel, plan, disabled, totp } = call.input
    if (plan !== undefined && !deps.plans.names.includes(plan)) {
      const errors = [{ pointer: '#/plan', message: notOneOf(deps.plans.names) }]
      return fail('validation-error', 'no such plan', { errors })
    }
    const found = await findAccount(call)
    if (!found.ok) return found
    const { userId, account } = found.value
    const { accountId } = account
    const rights = { level: newLevel, plan, disabled, totp }
    const changed = await setRights(call.store, { userId, accountId }, rights)
    switch (changed.status) {
      case 'unknown':
        return fail('not-found', 'no such account')
      case 'last-admin':
        return fail('conflict', 'last admin', { detail: 'This is the last admin.' })
      case 'done': {
        const about = { user: account.accountId, by: call.principal?.accountId }
        if (newLevel !== undefined) call.report('level.changed', { ...about, level: newLevel })
        if (plan !== undefined) {
          call.report('plan.changed', { ...about, plan })
          deps.plansSeen.note(account.accountId ?? userId, plan)
        }
        if (disabled !== undefined) call.report(disabled ? 'user.disabled' : 'user.enabled', about)
        if (changed.endedTotp) call.report('totp.disabled', about)
        call.background((store) => forgetKeys(store(), changed.endedKeys))
        // Written at the primary a moment ago: a replica may not have it yet.
        const current = {
          ...account,
          level: newLevel === undefined ? account.level : String(newLevel),
          plan: plan ?? account.plan,
          disabled: disabled ?? account.disabled,
        }
        return ok(shownUser(userId, current, deps))
      }
    }
  },
})

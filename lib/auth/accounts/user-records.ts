import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { deletableRead, deleteAccount } from '../../store/administration.ts'
import { apiKeysRead, removeKey } from '../../store/api-keys.ts'
import type { Store } from '../../store/client/store.ts'
import { sessionsRead } from '../../store/session-list.ts'
import type { Account } from '../../store/users.ts'
import { type OwnKey, own } from '../api-keys/api-keys.ts'
import type { PlanDeps } from '../types.ts'
import { findAccount } from './find-account.ts'
import { shownUser, type User } from './users.ts'

/** What is kept of an account; no password, no secret. Times are RFC 3339. */
export interface AccountExport {
  account: User
  sessions: {
    id: string
    createdAt: string
    lastSeenAt: string
    userAgent: string
    ip: string
  }[]
  keys: OwnKey[]
}

/**
 * Deletes an account with its sessions, its API keys, its usage and what leads to it. For admins.
 *
 * @returns Nothing (204); `not-found`; `conflict` when nobody would be left who can do this.
 */
export const deleteUser = defineOperation('deleteUser', {
  summary: 'Delete an account with its sessions and API keys',
  problems: ['not-found', 'conflict'],
  run: async (call, deps: PlanDeps) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    const { userId, account } = found.value
    const [deletable] = await call.store.read(deletableRead(userId))
    switch (await deleteAccount(call.store, userId, deletable, deps.now())) {
      case 'unknown':
        return fail('not-found', 'no such account')
      case 'last-admin':
        return fail('conflict', 'last admin', { detail: 'This is the last admin.' })
      case 'done':
        call.report('account.deleted', { user: account.accountId, by: call.principal?.accountId })
        return ok(undefined)
    }
  },
})

/** Lists the API keys of an account; of the keys themselves only the beginnings are known. For admins. */
export const listUserKeys = defineOperation('listUserKeys', {
  summary: 'List the API keys of an account',
  problems: ['not-found'],
  answer: ['ApiKey'],
  run: async (call, { plans }: PlanDeps) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    const plan = plans.of(found.value.account.plan)
    const list = await call.read(apiKeysRead(found.value.userId))
    return list.ok ? ok({ data: list.value.map((key) => own(key, plan)), nextCursor: null }) : list
  },
})

/** Ends an API key of an account, at once. For admins. */
export const deleteUserKey = defineOperation('deleteUserKey', {
  summary: 'End an API key of an account',
  problems: ['not-found'],
  run: async (call) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    const { userId, account } = found.value
    const owner = { userId, accountId: account.accountId ?? userId }
    const { key } = call
    if (!(await removeKey(call.store, key, owner))) return fail('not-found', 'no such key')
    call.report('key.deleted', { user: account.accountId, by: call.principal?.accountId, key })
    return ok(undefined)
  },
})

/** Everything that is kept of an account, for its owner to have. For admins. */
export const exportUser = defineOperation('exportUser', {
  summary: 'Everything that is kept of an account',
  problems: ['not-found'],
  answer: 'AccountExport',
  run: async (call, deps: PlanDeps) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    const { userId, account } = found.value
    return ok(await accountExport(call.store, userId, account, deps))
  },
})

/** Gathers what is kept of an account. */
export async function accountExport(
  store: Store,
  userId: string,
  account: Account,
  { plans }: Pick<PlanDeps, 'plans'>,
): Promise<AccountExport> {
  const [sessions, apiKeys] = await store.read(sessionsRead(userId), apiKeysRead(userId))
  return {
    account: shownUser(userId, account, { plans }),
    sessions: sessions.map(({ sessionId, createdAt, rotatedAt, userAgent, ip }) => ({
      id: sessionId,
      createdAt: new Date(createdAt).toISOString(),
      lastSeenAt: new Date(rotatedAt).toISOString(),
      userAgent,
      ip,
    })),
    keys: apiKeys.map((key) => own(key, plans.of(account.plan))),
  }
}

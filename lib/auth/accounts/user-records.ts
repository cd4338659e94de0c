import { fail, ok } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import { deletableRead, deleteAccount } from '../../store/administration.ts'
import { apiKeysRead, removeKey } from '../../store/api-keys.ts'
import type { Store } from '../../store/client/store.ts'
import { passkeysRead } from '../../store/passkeys.ts'
import { sessionsRead } from '../../store/session-list.ts'
import { totpRead } from '../../store/totp.ts'
import type { Account } from '../../store/users.ts'
import { type KeyDeps, type OwnKey, own } from '../api-keys/api-keys.ts'
import { type OwnPasskey, ownPasskey } from '../passkeys/passkeys.ts'
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
  passkeys: OwnPasskey[]
  /** Since when a sign-in wants a code; null where it does not. */
  totp: { createdAt: string } | null
}

/**
 * Deletes an account with its sessions, its API keys, its passkeys and what leads to it. For admins.
 *
 * @returns Nothing (204); `not-found`; `conflict` when nobody would be left who can do this.
 */
export const deleteUser = defineOperation('deleteUser', {
  summary: 'Delete an account with its sessions, API keys and passkeys',
  problems: ['not-found', 'conflict'],
  run: async (call) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    const { userId, account } = found.value
    const [deletable] = await call.store.read(deletableRead(userId))
    switch (await deleteAccount(call.store, userId, deletable)) {
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
  run: async (call, deps: KeyDeps) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    const list = await call.read(apiKeysRead(found.value.userId))
    return list.ok ? ok({ data: list.value.map((key) => own(key, deps)), nextCursor: null }) : list
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
  run: async (call, deps: KeyDeps) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    const { userId, account } = found.value
    return ok(await accountExport(call.store, userId, account, deps.userLimit))
  },
})

/** Gathers what is kept of an account. `userLimit`: requests a minute of a key without its own. */
export async function accountExport(
  store: Store,
  userId: string,
  account: Account,
  userLimit: number,
): Promise<AccountExport> {
  const [sessions, apiKeys, totp, passkeys] = await store.read(
    sessionsRead(userId),
    apiKeysRead(userId),
    totpRead(account.accountId ?? ''),
    passkeysRead(account.accountId ?? ''),
  )
  return {
    account: shownUser(userId, account),
    sessions: sessions.map(({ sessionId, createdAt, rotatedAt, userAgent, ip }) => ({
      id: sessionId,
      createdAt: new Date(createdAt).toISOString(),
      lastSeenAt: new Date(rotatedAt).toISOString(),
      userAgent,
      ip,
    })),
    keys: apiKeys.map((key) => own(key, { userLimit })),
    passkeys: passkeys.map(ownPasskey),
    totp:
      totp.createdAt === undefined ? null : { createdAt: new Date(totp.createdAt).toISOString() },
  }
}

import { type Read, replyList, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { forgetRecords } from './forget.ts'
import { keys } from './keys.ts'
import { pageRead, type StoredPage } from './pages.ts'
import {
  ADD_ACCOUNT,
  DELETE_ACCOUNT,
  RELEASE_ACCOUNT,
  SET_RIGHTS,
} from './scripts/administration.ts'
import { forgetUsage } from './usage.ts'
import { ACCOUNT_FIELDS, type Account, accountOf, changePassword } from './users.ts'

/**
 * Sets a password without comparing the old one, for an operator: the address counts as confirmed,
 * and every session and API key ends. @returns How many API keys ended.
 */
export async function setPassword(
  store: Store,
  { userId, hash }: { userId: string; hash: string },
): Promise<{ status: 'done'; endedKeys: string[] } | { status: 'unknown' }> {
  const change = { userId, accountId: '', kept: '', comparedHash: '', hash, endKeys: true }
  const changed = await changePassword(store, change)
  return changed.status === 'done' ? changed : { status: 'unknown' }
}

/** Makes an account, verified, unless there is one. See {@link ADD_ACCOUNT}. */
export async function addAccount(
  store: Store,
  account: { userId: string; accountId: string; hash: string; level: number },
): Promise<'added' | 'exists'> {
  const { userId, accountId, hash, level } = account
  const { status } = await store.write(
    ADD_ACCOUNT,
    {
      userKey: keys.user(userId),
      idKey: keys.accountId(accountId),
      registrationsKey: keys.registrationsOf(userId),
      accountsKey: keys.accounts,
      adminsKey: keys.admins,
      sessionsKey: keys.sessionsOf(userId),
      keysKey: keys.apiKeysOf(userId),
      devicesKey: keys.devicesOf(userId),
    },
    { address: userId, accountId, hash, level },
  )
  return status
}

/** Reads one page of accounts, in the order of their addresses. */
export function accountsRead(page: { after: string; limit: number }): Read<StoredPage> {
  return pageRead(keys.user(''), keys.accounts, ACCOUNT_FIELDS, page, 'auth')
}

/** The accounts of a page with their addresses. */
export function accountsOf(page: StoredPage): { userId: string; account: Account }[] {
  return page.items.map(({ id, fields }) => ({ userId: id, account: accountOf(fields) }))
}

/** Sets level, plan and disablement. See {@link SET_RIGHTS}. @returns The API keys that have ended. */
export async function setRights(
  store: Store,
  userId: string,
  rights: {
    level?: number | undefined
    plan?: string | undefined
    disabled?: boolean | undefined
  },
): Promise<{ status: 'done'; endedKeys: string[] } | { status: 'unknown' | 'last-admin' }> {
  const { level, plan, disabled } = rights
  return store.write(
    SET_RIGHTS,
    {
      userKey: keys.user(userId),
      sessionsKey: keys.sessionsOf(userId),
      keysKey: keys.apiKeysOf(userId),
      adminsKey: keys.admins,
    },
    {
      address: userId,
      newLevel: level ?? '',
      newPlan: plan ?? '',
      newDisabled: disabled === undefined ? '' : Number(disabled),
    },
  )
}

/** What names an account to {@link deleteAccount}. */
export interface Deletable {
  accountId: string | undefined
  /** Hash of the newest token that sets a password. */
  resetHash: string | undefined
}

/** Reads what has to be known of an account to delete all that leads to it. */
export function deletableRead(userId: string): Read<Deletable> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.hmget(keys.user(userId), 'id', 'reset'),
    parse: (reply) => {
      const [accountId, resetHash] = replyList(reply).map(text)
      return { accountId, resetHash }
    },
  }
}

/** Deletes an account with its sessions, its API keys and its usage. See {@link DELETE_ACCOUNT}. */
export async function deleteAccount(
  store: Store,
  userId: string,
  { accountId = '', resetHash = '' }: Deletable,
  now: number,
): Promise<'done' | 'unknown' | 'last-admin'> {
  const deleted = await store.write(
    DELETE_ACCOUNT,
    {
      userKey: keys.user(userId),
      sessionsKey: keys.sessionsOf(userId),
      keysKey: keys.apiKeysOf(userId),
      adminsKey: keys.admins,
      idKey: keys.accountId(accountId),
      accountsKey: keys.accounts,
      devicesKey: keys.devicesOf(userId),
      registrationsKey: keys.registrationsOf(userId),
      resetKey: keys.once(resetHash),
    },
    { address: userId, accountId },
  )
  if (deleted.status !== 'done') return deleted.status
  const records = [...deleted.sessionIds.map(keys.session), ...deleted.keyIds.map(keys.apiKey)]
  await Promise.all([
    forgetRecords(store, records),
    forgetUsage(store, accountId === '' ? userId : accountId, now),
  ])
  return deleted.status
}

/** Confirms the address of an account, or clears its failed sign-ins, for an operator. */
export async function releaseAccount(
  store: Store,
  userId: string,
  what: 'verify' | 'unlock',
): Promise<'done' | 'unknown'> {
  const { status } = await store.write(RELEASE_ACCOUNT, { userKey: keys.user(userId) }, { what })
  return status
}

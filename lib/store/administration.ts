import { StoreUnavailable } from '../contract/problems.ts'
import { forgetRecords } from './api-keys.ts'
import { type Read, replyList, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { pageRead, type StoredPage } from './pages.ts'
import {
  ADD_ACCOUNT,
  DELETE_ACCOUNT,
  RELEASE_ACCOUNT,
  SET_RIGHTS,
} from './scripts/administration.ts'
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
  const [status] = await store.write(
    ADD_ACCOUNT,
    [
      keys.user(userId),
      keys.accountId(accountId),
      keys.registrationsOf(userId),
      keys.accounts,
      keys.admins,
      keys.sessionsOf(userId),
      keys.apiKeysOf(userId),
      keys.devicesOf(userId),
    ],
    [userId, accountId, hash, level],
  )
  if (status !== 'added' && status !== 'exists') {
    throw new StoreUnavailable('add account: unexpected reply')
  }
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

/** Sets level and disablement. See {@link SET_RIGHTS}. @returns The API keys that have ended. */
export async function setRights(
  store: Store,
  userId: string,
  rights: { level?: number | undefined; disabled?: boolean | undefined },
): Promise<{ status: 'done'; endedKeys: string[] } | { status: 'unknown' | 'last-admin' }> {
  const { level, disabled } = rights
  const [status, ended] = await store.write(
    SET_RIGHTS,
    [keys.user(userId), keys.sessionsOf(userId), keys.apiKeysOf(userId), keys.admins],
    [userId, level ?? '', disabled === undefined ? '' : Number(disabled)],
  )
  if (status === 'unknown' || status === 'last-admin') return { status }
  if (status !== 'done') throw new StoreUnavailable('set rights: unexpected reply')
  return { status, endedKeys: texts(ended) }
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

/** Deletes an account with its sessions and API keys. See {@link DELETE_ACCOUNT}. */
export async function deleteAccount(
  store: Store,
  userId: string,
  { accountId = '', resetHash = '' }: Deletable,
): Promise<'done' | 'unknown' | 'last-admin'> {
  const [status, sessions, apiKeys] = await store.write(
    DELETE_ACCOUNT,
    [
      keys.user(userId),
      keys.sessionsOf(userId),
      keys.apiKeysOf(userId),
      keys.admins,
      keys.accountId(accountId),
      keys.accounts,
      keys.devicesOf(userId),
      keys.registrationsOf(userId),
      keys.once(resetHash),
    ],
    [userId, accountId],
  )
  if (status === 'unknown' || status === 'last-admin') return status
  if (status !== 'done') throw new StoreUnavailable('delete account: unexpected reply')
  await forgetRecords(store, [
    ...texts(sessions).map(keys.session),
    ...texts(apiKeys).map(keys.apiKey),
  ])
  return 'done'
}

/** Confirms the address of an account, or clears its failed sign-ins, for an operator. */
export async function releaseAccount(
  store: Store,
  userId: string,
  what: 'verify' | 'unlock',
): Promise<'done' | 'unknown'> {
  const [status] = await store.write(RELEASE_ACCOUNT, [keys.user(userId)], [what])
  return status === 'done' ? 'done' : 'unknown'
}

function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.map(String) : []
}

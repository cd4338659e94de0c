import { StoreUnavailable } from '../errors.ts'
import { keys } from './keys.ts'
import { pageRead, type StoredPage } from './pages.ts'
import type { Read } from './reply.ts'
import { ADD_ACCOUNT, SET_RIGHTS } from './scripts/administration.ts'
import type { Store } from './store.ts'
import { ACCOUNT_FIELDS, type Account, accountOf, changePassword } from './users.ts'

/** Sets a password without comparing the old one, for an operator; every session ends. */
export async function setPassword(
  store: Store,
  { userId, hash }: { userId: string; hash: string },
): Promise<'done' | 'unknown'> {
  const change = { userId, kept: '', comparedHash: '', hash }
  return (await changePassword(store, change)) === 'done' ? 'done' : 'unknown'
}

/** Makes an account, verified, unless there is one. `createdAt` in epoch milliseconds. */
export async function addAccount(
  store: Store,
  account: { userId: string; hash: string; level: number; createdAt: number },
): Promise<'added' | 'exists'> {
  const { userId, hash, level, createdAt } = account
  const fields = { password: hash, level, emailVerified: 1, createdAt }
  const [status] = await store.write(
    ADD_ACCOUNT,
    [keys.user(userId)],
    Object.entries(fields).flat(),
  )
  if (status !== 'added' && status !== 'exists') {
    throw new StoreUnavailable('add account: unexpected reply')
  }
  return status
}

/** Reads one page of accounts, in the order of their ids. */
export function accountsRead(page: { after: string; limit: number }): Read<StoredPage> {
  return pageRead(keys.user(''), ACCOUNT_FIELDS, page, 'auth')
}

/** The accounts of a page with their ids. */
export function accountsOf(page: StoredPage): { userId: string; account: Account }[] {
  return page.items.map(({ id, fields }) => ({ userId: id, account: accountOf(fields) }))
}

/** Sets level and disablement. See {@link SET_RIGHTS}. */
export async function setRights(
  store: Store,
  userId: string,
  rights: { level?: number | undefined; disabled?: boolean | undefined },
  adminLevel: number,
): Promise<'done' | 'unknown' | 'last-admin'> {
  const { level, disabled } = rights
  const [status] = await store.write(
    SET_RIGHTS,
    [keys.user(userId), keys.sessionsOf(userId)],
    [level ?? '', disabled === undefined ? '' : Number(disabled), keys.user('*'), adminLevel],
  )
  if (status !== 'done' && status !== 'unknown' && status !== 'last-admin') {
    throw new StoreUnavailable('set rights: unexpected reply')
  }
  return status
}

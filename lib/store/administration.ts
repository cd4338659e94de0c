import type { Read } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { pageRead, type StoredPage } from './pages.ts'
import { ADD_ACCOUNT, RELEASE_ACCOUNT, SET_RIGHTS } from './scripts/administration.ts'
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

/** What an operator changes of an account; what is undefined stays. */
export interface Rights {
  level?: number | undefined
  plan?: string | undefined
  disabled?: boolean | undefined
  /** Takes it away: nobody but the owner can turn it on. */
  totp?: false | undefined
}

/**
 * Sets level, plan, disablement and TOTP. See {@link SET_RIGHTS}.
 *
 * @returns The API keys that have ended, and whether TOTP was on.
 */
export async function setRights(
  store: Store,
  { userId, accountId = '' }: { userId: string; accountId: string | undefined },
  rights: Rights,
): Promise<
  { status: 'done'; endedKeys: string[]; endedTotp: boolean } | { status: 'unknown' | 'last-admin' }
> {
  const { level, plan, disabled, totp } = rights
  return store.write(
    SET_RIGHTS,
    {
      userKey: keys.user(userId),
      sessionsKey: keys.sessionsOf(userId),
      keysKey: keys.apiKeysOf(userId),
      adminsKey: keys.admins,
      totpKey: keys.totp(accountId),
    },
    {
      address: userId,
      accountId,
      newLevel: level ?? '',
      newPlan: plan ?? '',
      newDisabled: disabled === undefined ? '' : Number(disabled),
      endsTotp: totp === false,
    },
  )
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

import { StoreUnavailable } from '../errors.ts'
import { pageRead, type StoredFields, type StoredPage } from './items.ts'
import { keys } from './keys.ts'
import { type Read, replyList, text } from './reply.ts'
import { ADD_ACCOUNT, CHANGE_PASSWORD, RENAME, SET_RIGHTS } from './scripts.ts'
import type { Store } from './store.ts'

/** What sign-in reads of an account. */
export interface Credentials {
  passwordHash: string | undefined
  mayEnter: boolean
}

/**
 * Whether an account may sign in and stay in: neither disabled nor waiting for its address to be
 * confirmed. People type these fields by hand, so anything but a clear yes is a no; a hash without
 * them is a yes. The scripts say the same in Lua.
 */
export function mayEnter(disabled: unknown, emailVerified: unknown): boolean {
  const enabled = disabled === null || disabled === '' || disabled === '0'
  const verified = emailVerified === null || emailVerified === '1' || emailVerified === 'true'
  return enabled && verified
}

/** Reads what a password is compared against; undefined fields for an unknown user. */
export function credentialsRead(userId: string): Read<Credentials> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.hmget(keys.user(userId), 'password', 'disabled', 'emailVerified'),
    parse: (reply) => {
      const [password, disabled, emailVerified] = replyList(reply)
      return {
        passwordHash: text(password),
        mayEnter: mayEnter(disabled, emailVerified),
      }
    },
  }
}

/** Replaces a password and ends every session but one. See {@link CHANGE_PASSWORD}. */
export async function changePassword(
  store: Store,
  change: { userId: string; kept: string; comparedHash: string; hash: string },
): Promise<'done' | 'refused'> {
  const { userId, kept, comparedHash, hash } = change
  const [status] = await store.write(
    CHANGE_PASSWORD,
    [keys.user(userId), keys.sessionsOf(userId), keys.session(kept)],
    [userId, kept, comparedHash, hash],
  )
  if (status !== 'done' && status !== 'refused') {
    throw new StoreUnavailable('change password: unexpected reply')
  }
  return status
}

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

/** An account as its owner and an admin see it. */
export interface Account {
  level: string | undefined
  name: string | undefined
  emailVerified: boolean
  disabled: boolean
  /** Epoch milliseconds; a hash typed by hand has none. */
  createdAt: number | undefined
}

/** Reads an account for its owner. */
export function profileRead(userId: string): Read<Account> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.hmget(keys.user(userId), ...ACCOUNT_FIELDS),
    parse: (reply) => accountOf(replyList(reply).map(text)),
  }
}

const ACCOUNT_FIELDS = ['level', 'name', 'emailVerified', 'disabled', 'createdAt'] as const

function accountOf([level, name, emailVerified, disabled, createdAt]: StoredFields): Account {
  const created = /^\d{1,15}$/.test(createdAt ?? '') ? Number(createdAt) : Number.NaN
  return {
    level,
    name,
    emailVerified: mayEnter(null, emailVerified ?? null),
    disabled: !mayEnter(disabled ?? null, null),
    createdAt: Number.isSafeInteger(created) ? created : undefined,
  }
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

/** Sets or, with '', removes the name of an account that exists. */
export async function rename(store: Store, userId: string, name: string): Promise<void> {
  const [status] = await store.write(RENAME, [keys.user(userId)], [name])
  if (status !== 'done') throw new StoreUnavailable('rename: unexpected reply')
}

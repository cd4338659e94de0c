import { StoreUnavailable } from '../contract/problems.ts'
import { mapRead, type Read, replyList, text } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { mayEnter } from './rules.ts'
import { CHANGE_PASSWORD, IDENTIFY_ACCOUNT, RENAME, REPLACE_FIELD } from './scripts/accounts.ts'
import { READ_CREDENTIALS } from './scripts/credentials.ts'
import type { StoredFields } from './stored-fields.ts'

/** The fields of an account that sign-in reads. */
export interface Credentials {
  /** Undefined before the first sign-in of an account that was typed by hand. */
  accountId: string | undefined
  passwordHash: string | undefined
  mayEnter: boolean
  /** When an operator cleared its failed sign-ins, in epoch milliseconds. */
  unlockedAt: number | undefined
  /** The sealed secret of TOTP; undefined where it is off. */
  totp: string | undefined
}

const CREDENTIAL_FIELDS = [
  'password',
  'disabled',
  'emailVerified',
  'id',
  'unlockedAt',
  'totp',
] as const

/** Reads what a password is compared against; undefined fields for an unknown user. */
export function credentialsRead(userId: string): Read<Credentials> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.hmget(keys.user(userId), ...CREDENTIAL_FIELDS),
    parse: (reply) => credentialsOf(replyList(reply).map(text)),
  }
}

/**
 * The same, whether the account has signed in from a network within the last 90 days, and the store's time
 * in epoch milliseconds.
 *
 * @param device Names the network; undefined where no address is known.
 */
export function guessRead(
  userId: string,
  device = '',
): Read<{ account: Credentials; known: boolean; now: number }> {
  const touched = { userKey: keys.user(userId), devicesKey: keys.devicesOf(userId) }
  const read = scriptRead('auth', READ_CREDENTIALS, touched, { device, fields: CREDENTIAL_FIELDS })
  return mapRead(read, ({ values, knownSince, now }) => ({
    account: credentialsOf(values),
    known: knownSince !== undefined,
    now,
  }))
}

function credentialsOf(values: readonly (string | undefined)[]): Credentials {
  const [password, disabled, emailVerified, id, unlockedAt, totp] = values
  return {
    accountId: id,
    passwordHash: password,
    mayEnter: mayEnter(disabled, emailVerified),
    unlockedAt: epochOf(unlockedAt),
    totp: totp === '' ? undefined : totp,
  }
}

/** A new password, and what ends with the old one. */
export interface PasswordChange {
  /** The address. */
  userId: string
  accountId: string
  /** The session that goes on; '' for none. */
  kept: string
  /** The hash that the current password was compared against; '' for an operator. */
  comparedHash: string
  hash: string
  endKeys: boolean
}

/**
 * Replaces a password and ends every session but one. See {@link CHANGE_PASSWORD}.
 *
 * @returns How many API keys the account had, and the ids of those that have ended.
 */
export async function changePassword(
  store: Store,
  { userId, accountId, kept, comparedHash, hash, endKeys }: PasswordChange,
): Promise<{ status: 'done'; keyCount: number; endedKeys: string[] } | { status: 'refused' }> {
  return store.write(
    CHANGE_PASSWORD,
    {
      userKey: keys.user(userId),
      sessionsKey: keys.sessionsOf(userId),
      sessionKey: keys.session(kept),
      keysKey: keys.apiKeysOf(userId),
    },
    { accountId, kept, compared: comparedHash, replacement: hash, endsKeys: endKeys },
  )
}

/**
 * Keeps the hash of the same password at the current cost, or the same secret under the current key. See
 * {@link REPLACE_FIELD}.
 */
export async function replaceField(
  store: Store,
  userId: string,
  { field, from, to }: { field: 'password' | 'totp'; from: string; to: string },
): Promise<void> {
  const args = { field, old: from, replacement: to }
  await store.write(REPLACE_FIELD, { userKey: keys.user(userId) }, args)
}

/** Gives an account its id, if it has none. @returns Undefined when there is no such account. */
export async function identifyAccount(
  store: Store,
  userId: string,
  freshId: string,
): Promise<string | undefined> {
  const identified = await store.write(
    IDENTIFY_ACCOUNT,
    { userKey: keys.user(userId), freshKey: keys.accountId(freshId) },
    { address: userId, fresh: freshId },
  )
  return identified.status === 'done' ? identified.accountId : undefined
}

/** Reads the address that an account's id leads to. */
export function addressRead(accountId: string): Read<string | undefined> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.get(keys.accountId(accountId)),
    parse: (reply) => {
      if (reply.error !== undefined) throw new StoreUnavailable('account id: unexpected reply')
      return text(reply.result)
    },
  }
}

/** An account as its owner and an admin see it. */
export interface Account {
  exists: boolean
  /** Undefined before the first sign-in of an account that was typed by hand. */
  accountId: string | undefined
  level: string | undefined
  /** As it is stored: there may be no such plan. */
  plan: string | undefined
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
    // A key of another type is no account.
    parse: (reply) =>
      accountOf(reply.error?.startsWith('WRONGTYPE') ? [] : replyList(reply).map(text)),
  }
}

export const ACCOUNT_FIELDS = [
  'level',
  'name',
  'emailVerified',
  'disabled',
  'createdAt',
  'id',
  'plan',
] as const

/** An account of its {@link ACCOUNT_FIELDS}. */
export function accountOf(fields: StoredFields): Account {
  const [level, name, emailVerified, disabled, createdAt, accountId, plan] = fields
  return {
    exists: fields.some((field) => field !== undefined),
    accountId,
    level,
    plan,
    name,
    emailVerified: mayEnter(undefined, emailVerified),
    disabled: !mayEnter(disabled, undefined),
    createdAt: epochOf(createdAt),
  }
}

/** A stored time in epoch milliseconds; undefined if the field was typed by hand and is not a time. */
function epochOf(typed: string | undefined): number | undefined {
  return /^\d{1,15}$/.test(typed ?? '') ? Number(typed) : undefined
}

/** Sets or, with '', removes the name of an account that exists. */
export async function rename(store: Store, userId: string, name: string): Promise<void> {
  await store.write(RENAME, { userKey: keys.user(userId) }, { name })
}

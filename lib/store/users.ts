import { StoreUnavailable } from '../errors.ts'
import type { StoredFields } from './items.ts'
import { keys } from './keys.ts'
import { integer, type Read, replyList, text } from './reply.ts'
import { mayEnter } from './rules.ts'
import { CHANGE_PASSWORD, RENAME } from './scripts/accounts.ts'
import type { Store } from './store.ts'

/** What sign-in reads of an account. */
export interface Credentials {
  passwordHash: string | undefined
  mayEnter: boolean
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

/** Whether there is an account. */
export function accountExistsRead(userId: string): Read<boolean> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.exists(keys.user(userId)),
    parse: (reply) => integer(reply.result) === 1,
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

export const ACCOUNT_FIELDS = ['level', 'name', 'emailVerified', 'disabled', 'createdAt'] as const

/** An account of its {@link ACCOUNT_FIELDS}. */
export function accountOf([
  level,
  name,
  emailVerified,
  disabled,
  createdAt,
]: StoredFields): Account {
  const created = /^\d{1,15}$/.test(createdAt ?? '') ? Number(createdAt) : Number.NaN
  return {
    level,
    name,
    emailVerified: mayEnter(null, emailVerified ?? null),
    disabled: !mayEnter(disabled ?? null, null),
    createdAt: Number.isSafeInteger(created) ? created : undefined,
  }
}

/** Sets or, with '', removes the name of an account that exists. */
export async function rename(store: Store, userId: string, name: string): Promise<void> {
  const [status] = await store.write(RENAME, [keys.user(userId)], [name])
  if (status !== 'done') throw new StoreUnavailable('rename: unexpected reply')
}

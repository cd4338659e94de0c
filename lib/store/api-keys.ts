import { StoreUnavailable } from '../contract/problems.ts'
import { integer, type Read, replyList, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { moment, words } from './key-liveness.ts'
import { keys } from './keys.ts'
import { CREATE_KEY, DELETE_KEY, FORGET_RECORDS, LIST_KEYS, ROLL_KEY } from './scripts/api-keys.ts'

export interface NewKey {
  id: string
  accountId: string
  /** The address. */
  userId: string
  hash: string
  name: string
  prefix: string
  scopes: readonly string[]
  /** Undefined: as its owner's. */
  limit: number | undefined
  ttlMs: number | undefined
}

/** A key as its owner sees it; times in epoch milliseconds. */
export interface ListedKey {
  id: string
  name: string
  prefix: string
  scopes: string[]
  limit: number | undefined
  createdAt: number
  expiresAt: number | undefined
  usedAt: number | undefined
}

/** Makes a key's record. See {@link CREATE_KEY}. `cap`: how many an account may have. */
export async function createKey(
  store: Store,
  { id, accountId, userId, ttlMs, scopes, limit, ...fields }: NewKey,
  cap: number,
): Promise<
  | { status: 'made'; createdAt: number; expiresAt: number | undefined }
  | { status: 'full' | 'refused' }
> {
  const record = { ...fields, user: userId, scopes: scopes.join(' '), limit: limit ?? '' }
  const [status, createdAt, expiresAt] = await store.write(
    CREATE_KEY,
    [keys.apiKey(id), keys.apiKeysOf(userId), keys.user(userId)],
    [id, accountId, cap, ttlMs ?? '', ...Object.entries(record).flat()],
  )
  if (status === 'full' || status === 'refused') return { status }
  if (status !== 'made') throw new StoreUnavailable('create key: unexpected reply')
  return { status, createdAt: integer(createdAt), expiresAt: moment(expiresAt) }
}

/** Whose a key must be. */
export interface KeyOwner {
  accountId: string
  /** The address. */
  userId: string
}

/** Replaces a key's secret. See {@link ROLL_KEY}. @returns Whether it is this user's. */
export async function rollKey(
  store: Store,
  { accountId, userId }: KeyOwner,
  { id, hash, overlapMs }: { id: string; hash: string; overlapMs: number },
): Promise<boolean> {
  const args = [accountId, userId, hash, overlapMs]
  const [status] = await store.write(ROLL_KEY, [keys.apiKey(id)], args)
  return status === 'rolled'
}

/** Ends a key. @returns Whether it was this user's. */
export async function deleteKey(
  store: Store,
  id: string,
  { accountId, userId }: KeyOwner,
): Promise<boolean> {
  const [status] = await store.write(
    DELETE_KEY,
    [keys.apiKey(id), keys.apiKeysOf(userId)],
    [accountId, userId, id],
  )
  return status === 'ended'
}

/** Deletes the records of keys that their account has ended already. */
export async function forgetKeys(store: Store, ids: readonly string[]): Promise<void> {
  await forgetRecords(store, ids.map(keys.apiKey))
}

/** Deletes records that open nothing any more. */
export async function forgetRecords(store: Store, records: string[]): Promise<void> {
  if (records.length > 0) await store.write(FORGET_RECORDS, records, [])
}

/** Lists an account's keys. */
export function apiKeysRead(userId: string): Read<ListedKey[]> {
  return {
    database: 'auth',
    queue: (pipeline) =>
      pipeline.evalRo(
        LIST_KEYS,
        [keys.apiKeysOf(userId), keys.user(userId)],
        [keys.apiKey(''), userId],
      ),
    parse: (reply) =>
      replyList(reply).map((row) => {
        if (!Array.isArray(row)) throw new StoreUnavailable('keys: unexpected reply')
        const [id, name, prefix, scopes, limit, createdAt, expiresAt, usedAt] = row
        return {
          id: text(id) ?? '',
          name: text(name) ?? '',
          prefix: text(prefix) ?? '',
          scopes: words(scopes),
          limit: moment(limit),
          createdAt: integer(createdAt),
          expiresAt: moment(expiresAt),
          usedAt: moment(usedAt),
        }
      }),
  }
}

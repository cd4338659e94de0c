import { mapRead, type Read } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { Store } from './client/store.ts'
import { scopesOf } from './key-liveness.ts'
import { keys } from './keys.ts'
import { CREATE_KEY, DELETE_KEY, LIST_KEYS, ROLL_KEY } from './scripts/api-keys.ts'

export interface NewKey {
  id: string
  accountId: string
  /** The address. */
  userId: string
  /** In which it is made. */
  sessionId: string
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
export async function insertKey(
  store: Store,
  { id, accountId, userId, sessionId, ttlMs, scopes, limit, ...fields }: NewKey,
  cap: number,
): Promise<
  | { status: 'made'; createdAt: number; expiresAt: number | undefined }
  | { status: 'full' | 'refused' }
> {
  const record = { ...fields, user: userId, scopes: scopes.join(' '), limit: limit ?? '' }
  return store.write(
    CREATE_KEY,
    {
      keyKey: keys.apiKey(id),
      keysKey: keys.apiKeysOf(userId),
      userKey: keys.user(userId),
      sessionKey: keys.session(sessionId),
    },
    { id, accountId, cap, ttl: ttlMs ?? '', fields: Object.entries(record).flat() },
  )
}

/** Whose a key must be. */
export interface KeyOwner {
  accountId: string
  /** The address. */
  userId: string
}

/** Replaces a key's secret. See {@link ROLL_KEY}. @returns Whether it is this user's. */
export async function replaceSecret(
  store: Store,
  { accountId, userId }: KeyOwner,
  { id, hash, overlapMs }: { id: string; hash: string; overlapMs: number },
): Promise<boolean> {
  const args = { accountId, address: userId, hash, overlap: overlapMs }
  const { status } = await store.write(ROLL_KEY, { keyKey: keys.apiKey(id) }, args)
  return status === 'rolled'
}

/** Ends a key. @returns Whether it was this user's. */
export async function removeKey(
  store: Store,
  id: string,
  { accountId, userId }: KeyOwner,
): Promise<boolean> {
  const { status } = await store.write(
    DELETE_KEY,
    { keyKey: keys.apiKey(id), keysKey: keys.apiKeysOf(userId) },
    { accountId, address: userId, id },
  )
  return status === 'ended'
}

/** Lists an account's keys. */
export function apiKeysRead(userId: string): Read<ListedKey[]> {
  const read = scriptRead(
    'auth',
    LIST_KEYS,
    { keysKey: keys.apiKeysOf(userId), userKey: keys.user(userId) },
    { keyPrefix: keys.apiKey(''), address: userId },
  )
  return mapRead(read, (found) =>
    found.keys.map(({ scopes, ...key }) => ({ ...key, scopes: scopesOf(scopes) })),
  )
}

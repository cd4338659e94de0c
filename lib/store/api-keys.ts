import { StoreUnavailable } from '../errors.ts'
import { sameText } from '../same-text.ts'
import { keys } from './keys.ts'
import { integer, type Read, replyList, text } from './reply.ts'
import { level, mayEnter } from './rules.ts'
import {
  CREATE_KEY,
  DELETE_KEY,
  KEY_LIVENESS,
  LIST_KEYS,
  ROLL_KEY,
  TOUCH_KEY,
} from './scripts/api-keys.ts'
import type { Store } from './store.ts'

export interface NewKey {
  id: string
  userId: string
  hash: string
  name: string
  prefix: string
  scopes: readonly string[]
  limit: number
  ttlMs: number | undefined
}

/** A key as its owner sees it; times in epoch milliseconds. */
export interface ListedKey {
  id: string
  name: string
  prefix: string
  scopes: string[]
  limit: number
  createdAt: number
  expiresAt: number | undefined
  usedAt: number | undefined
}

/** Makes a key's record. See {@link CREATE_KEY}. `cap`: how many an account may have. */
export async function createKey(
  store: Store,
  { id, userId, ttlMs, scopes, ...fields }: NewKey,
  cap: number,
): Promise<
  | { status: 'made'; createdAt: number; expiresAt: number | undefined }
  | { status: 'full' | 'refused' }
> {
  const record = { ...fields, uid: userId, scopes: scopes.join(' ') }
  const [status, createdAt, expiresAt] = await store.write(
    CREATE_KEY,
    [keys.apiKey(id), keys.apiKeysOf(userId), keys.user(userId)],
    [id, cap, ttlMs ?? '', ...Object.entries(record).flat()],
  )
  if (status === 'full' || status === 'refused') return { status }
  if (status !== 'made') throw new StoreUnavailable('create key: unexpected reply')
  return { status, createdAt: integer(createdAt), expiresAt: moment(expiresAt) }
}

/** Replaces a key's secret. See {@link ROLL_KEY}. @returns Whether it is this user's. */
export async function rollKey(
  store: Store,
  { id, userId, hash, overlapMs }: { id: string; userId: string; hash: string; overlapMs: number },
): Promise<boolean> {
  const [status] = await store.write(ROLL_KEY, [keys.apiKey(id)], [userId, hash, overlapMs])
  return status === 'rolled'
}

/** Ends a key. @returns Whether it was this user's. */
export async function deleteKey(store: Store, id: string, userId: string): Promise<boolean> {
  const [status] = await store.write(
    DELETE_KEY,
    [keys.apiKey(id), keys.apiKeysOf(userId)],
    [userId, id],
  )
  return status === 'ended'
}

export async function touchKey(store: Store, id: string): Promise<void> {
  await store.write(TOUCH_KEY, [keys.apiKey(id)], [])
}

/** Lists an account's keys. */
export function apiKeysRead(userId: string): Read<ListedKey[]> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.evalRo(LIST_KEYS, [keys.apiKeysOf(userId)], [keys.apiKey('')]),
    parse: (reply) =>
      replyList(reply).map((row) => {
        if (!Array.isArray(row)) throw new StoreUnavailable('keys: unexpected reply')
        const [id, name, prefix, scopes, limit, createdAt, expiresAt, usedAt] = row
        return {
          id: text(id) ?? '',
          name: text(name) ?? '',
          prefix: text(prefix) ?? '',
          scopes: words(scopes),
          limit: integer(limit),
          createdAt: integer(createdAt),
          expiresAt: moment(expiresAt),
          usedAt: moment(usedAt),
        }
      }),
  }
}

/** What a presented key opens. */
export type KeyLiveness =
  | { status: 'live'; userId: string; level: number; scopes: string[]; limit: number }
  | { status: 'key-unknown' | 'key-expired' | 'user-missing' | 'user-disabled' }

/** Reads a key with its owner's account, in one command, and judges both. See {@link KEY_LIVENESS}. */
export function keyRead({ id, hash }: { id: string; hash: string }): Read<KeyLiveness> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.evalRo(...keyCommand(id)),
    parse: (reply) => judgeKey(hash, replyList(reply)),
  }
}

/** The script, its keys and its arguments, for whoever calls it otherwise. */
export function keyCommand(id: string): [script: string, keys: string[], args: string[]] {
  return [KEY_LIVENESS, [keys.apiKey(id)], [keys.user('')]]
}

/** Judges what {@link KEY_LIVENESS} returned against the hash of the key that was presented. */
export function judgeKey(presented: string, [now, key, account]: unknown[]): KeyLiveness {
  if (key === undefined) return { status: 'key-unknown' }
  if (!Array.isArray(key) || !Array.isArray(account)) {
    throw new StoreUnavailable('key: unexpected reply')
  }
  const [hash, old, oldUntil, userId, scopes, expiresAt, born, limit, older, olderUntil] = key.map(
    (value) => text(value) ?? '',
  )
  const isNow = sameText(hash ?? '', presented)
  const isOld =
    (sameText(old ?? '', presented) && integer(now) < (moment(oldUntil) ?? 0)) ||
    (sameText(older ?? '', presented) && integer(now) < (moment(olderUntil) ?? 0))
  if (!isNow && !isOld) return { status: 'key-unknown' }
  if (integer(now) >= (moment(expiresAt) ?? Number.POSITIVE_INFINITY)) {
    return { status: 'key-expired' }
  }
  // A record that was typed by hand and cannot be read opens nothing.
  if (!/^[1-9]\d{0,8}$/.test(limit ?? '')) return { status: 'key-unknown' }
  const [stored, disabled, emailVerified, createdAt, password] = account
  // An account that was deleted and made again is another's.
  const isSame = (text(createdAt) ?? '') === born && text(password) !== undefined
  if (text(stored) === undefined || !isSame) return { status: 'user-missing' }
  if (!mayEnter(disabled, emailVerified)) return { status: 'user-disabled' }
  return {
    status: 'live',
    userId: userId ?? '',
    level: level(stored),
    scopes: words(scopes),
    limit: Number(limit),
  }
}

function words(list: unknown): string[] {
  return (text(list) ?? '').split(' ').filter((word) => word !== '')
}

/** Epoch milliseconds; undefined for ''. */
function moment(value: unknown): number | undefined {
  return (text(value) ?? '') === '' ? undefined : integer(value)
}

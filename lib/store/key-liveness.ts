import { StoreUnavailable } from '../contract/problems.ts'
import { sameText } from '../same-text.ts'
import { integer, type Read, replyList, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { level, mayEnter } from './rules.ts'
import { KEY_LIVENESS, TOUCH_KEY } from './scripts/key-liveness.ts'

/** Notes that a key was used. */
export async function touchKey(store: Store, id: string): Promise<void> {
  await store.write(TOUCH_KEY, [keys.apiKey(id)], [])
}

/** Whether a presented API key is good, and what it may do. */
export type KeyLiveness =
  | {
      status: 'live'
      /** The address. */
      userId: string
      /** Undefined for an account that has not signed in since it was typed by hand. */
      accountId: string | undefined
      level: number
      scopes: string[]
      /** Requests a minute; undefined: as its owner. */
      limit: number | undefined
    }
  | { status: 'key-unknown' | 'key-expired' | 'key-ended' | 'user-missing' | 'user-disabled' }

/** Whether a key is over for good: a disabled account may be enabled again. */
export function isOver({ status }: KeyLiveness): boolean {
  return status !== 'live' && status !== 'user-disabled'
}

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
  const [
    hash = '',
    old = '',
    oldUntil,
    uid = '',
    scopes,
    expiresAt,
    born = '',
    limit = '',
    older = '',
    olderUntil,
    address = '',
    keyGeneration = '',
  ] = key.map((value) => text(value) ?? '')
  const isNow = sameText(hash, presented)
  const isOld =
    (sameText(old, presented) && integer(now) < (moment(oldUntil) ?? 0)) ||
    (sameText(older, presented) && integer(now) < (moment(olderUntil) ?? 0))
  if (!isNow && !isOld) return { status: 'key-unknown' }
  if (integer(now) >= (moment(expiresAt) ?? Number.POSITIVE_INFINITY)) {
    return { status: 'key-expired' }
  }
  // A limit that was typed by hand and is not a number: the key is refused.
  if (!/^([1-9]\d{0,8})?$/.test(limit)) return { status: 'key-unknown' }
  const [stored, disabled, emailVerified, createdAt, password, id, generation] = account
  // An account that was deleted and made again may be another person's. The id tells the two apart; for
  // an API key from before accounts had ids, the time when the account was made does.
  const isSame = address === '' ? born !== '' && text(createdAt) === born : text(id) === uid
  if (text(stored) === undefined || text(password) === undefined || !isSame) {
    return { status: 'user-missing' }
  }
  if ((keyGeneration || '0') !== (text(generation) ?? '0')) return { status: 'key-ended' }
  if (!mayEnter(disabled, emailVerified)) return { status: 'user-disabled' }
  return {
    status: 'live',
    userId: address || uid,
    accountId: text(id),
    level: level(stored),
    scopes: words(scopes),
    limit: limit === '' ? undefined : Number(limit),
  }
}

export function words(list: unknown): string[] {
  return (text(list) ?? '').split(' ').filter((word) => word !== '')
}

/** Epoch milliseconds; undefined for ''. */
export function moment(value: unknown): number | undefined {
  return (text(value) ?? '') === '' ? undefined : integer(value)
}

import { sameText } from '../same-text.ts'
import { eachRead } from './client/each-read.ts'
import { mapRead, optionalInteger, type Read } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { level, mayEnter, planName } from './rules.ts'
import { KEY_LIVENESS, TOUCH_KEY } from './scripts/key-liveness.ts'

/** Where the script finds the owner of a key. */
const ACCOUNTS = { userPrefix: keys.user('') }

/** Notes that a key was used. */
export async function touchKey(store: Store, id: string): Promise<void> {
  await store.write(TOUCH_KEY, { keyKey: keys.apiKey(id) }, {})
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
      /** The name of its owner's plan. */
      plan: string
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
  const read = scriptRead('auth', KEY_LIVENESS, keyNames(id), ACCOUNTS)
  return mapRead(read, (found) => judgeKey(hash, found))
}

/** What {@link KEY_LIVENESS} reads. */
export type KeyFields = ReturnType<typeof KEY_LIVENESS.parse>

/** The same of many keys in one command, for whoever has no pipeline. */
export const KEYS_READ = eachRead(KEY_LIVENESS, ACCOUNTS)

/** What {@link KEYS_READ} is asked with. */
export function keyNames(id: string): { keyKey: string } {
  return { keyKey: keys.apiKey(id) }
}

/** Judges what was read of a key against the hash of the one that was presented. */
export function judgeKey(presented: string, found: KeyFields): KeyLiveness {
  if (found.status === 'unknown') return { status: 'key-unknown' }
  const { now, key, account } = found
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
  ] = key
  const isNow = sameText(hash, presented)
  const isOld =
    (sameText(old, presented) && now < (optionalInteger(oldUntil) ?? 0)) ||
    (sameText(older, presented) && now < (optionalInteger(olderUntil) ?? 0))
  if (!isNow && !isOld) return { status: 'key-unknown' }
  if (now >= (optionalInteger(expiresAt) ?? Number.POSITIVE_INFINITY)) {
    return { status: 'key-expired' }
  }
  // A limit that was typed by hand and is not a number: the key is refused.
  if (!/^([1-9]\d{0,8})?$/.test(limit)) return { status: 'key-unknown' }
  const [stored, disabled, emailVerified, createdAt, password, id, generation, plan] = account
  // An account that was deleted and made again may be another person's. The id tells the two apart; for
  // an API key from before accounts had ids, the time when the account was made does.
  const isSame = address === '' ? born !== '' && createdAt === born : id === uid
  // A hash that is no account has neither; an account of a provider or of passkeys has no password.
  const isAccount = stored !== undefined && (password !== undefined || id !== undefined)
  if (!isAccount || !isSame) {
    return { status: 'user-missing' }
  }
  if ((keyGeneration || '0') !== (generation ?? '0')) return { status: 'key-ended' }
  if (!mayEnter(disabled, emailVerified)) return { status: 'user-disabled' }
  return {
    status: 'live',
    userId: address || uid,
    accountId: id,
    level: level(stored),
    plan: planName(plan),
    scopes: scopesOf(scopes),
    limit: limit === '' ? undefined : Number(limit),
  }
}

/** The scopes of an API key, as its record has them. */
export function scopesOf(typed: string | undefined): string[] {
  return (typed ?? '').split(' ').filter((scope) => scope !== '')
}

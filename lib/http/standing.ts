import { isScoped } from '../auth/api-keys/key-proof.ts'
import { LiveAccess } from '../auth/sessions/liveness.ts'
import type { Collection } from '../collections/define.ts'
import { LEVELS } from '../contract/access.ts'
import { accessOf } from '../contract/access-of.ts'
import type { Operation } from '../contract/operations.ts'
import { type AccessCode, ok, type Result } from '../contract/problems.ts'
import type { Deps } from '../deps/base.ts'
import type { ActingCall } from '../operation.ts'

/** How far a caller reaches. */
export interface Standing {
  /** Of the account; undefined for nobody. */
  level: number | undefined
  /** Of the API key; undefined for a session, which reaches as far as its account. */
  scopes: readonly string[] | undefined
}

/** Learns how far a caller reaches, in one trip where there is a credential. */
export async function standingOf(
  { authentication, store }: Pick<ActingCall<unknown>, 'authentication' | 'store'>,
  { keys, now, sessionsSeen, deadSessions }: Deps,
): Promise<Result<Standing, AccessCode>> {
  let scopes: readonly string[] | undefined
  const { status } = authentication
  const key =
    status === 'key' ? keys?.prove(authentication.key, { collection: '', action: '' }) : undefined
  const reaches = (granted: readonly string[]): boolean => {
    scopes = granted
    return true
  }
  const proof =
    status === 'valid' ? { claims: authentication.claims } : key && { key: { ...key, reaches } }
  if (proof === undefined) return ok({ level: undefined, scopes })
  const access = new LiveAccess(store, proof, 'user', now, {
    seen: sessionsSeen,
    dead: deadSessions,
  })
  const proven = await access.prove()
  return proven.ok ? ok({ level: access.level, scopes }) : proven
}

/** Whether a caller gets past the door of an operation of a collection, as `admit` judges it. */
export function may(standing: Standing, row: Operation, collection: Collection): boolean {
  const needed = accessOf(row, collection)
  if (needed === 'public') return true
  const { level, scopes } = standing
  if (level === undefined || level < LEVELS[needed] || row.action === undefined) return false
  return (
    scopes === undefined || isScoped(scopes, { collection: collection.name, action: row.action })
  )
}

import { forgetBlocks } from './blocks.ts'
import { type Read, replyList, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { forgetRecords } from './forget.ts'
import { keys } from './keys.ts'
import { DELETE_ACCOUNT } from './scripts/delete-account.ts'
import { forgetUsage } from './usage.ts'

/** What names an account to {@link deleteAccount}. */
export interface Deletable {
  accountId: string | undefined
  /** Hash of the newest token that sets a password. */
  resetHash: string | undefined
}

/** Reads what has to be known of an account to delete all that leads to it. */
export function deletableRead(userId: string): Read<Deletable> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.hmget(keys.user(userId), 'id', 'reset'),
    parse: (reply) => {
      const [accountId, resetHash] = replyList(reply).map(text)
      return { accountId, resetHash }
    },
  }
}

/** Deletes an account with all that leads to it, what it used, and what kept it out. See {@link DELETE_ACCOUNT}. */
export async function deleteAccount(
  store: Store,
  userId: string,
  { accountId = '', resetHash = '' }: Deletable,
  now: number,
): Promise<'done' | 'unknown' | 'last-admin'> {
  const deleted = await store.write(
    DELETE_ACCOUNT,
    {
      userKey: keys.user(userId),
      sessionsKey: keys.sessionsOf(userId),
      keysKey: keys.apiKeysOf(userId),
      adminsKey: keys.admins,
      idKey: keys.accountId(accountId),
      accountsKey: keys.accounts,
      devicesKey: keys.devicesOf(userId),
      registrationsKey: keys.registrationsOf(userId),
      resetKey: keys.once(resetHash),
      identitiesKey: keys.identitiesOf(accountId),
      passkeysKey: keys.passkeysOf(accountId),
      totpKey: keys.totp(accountId),
    },
    { address: userId, accountId, identityPrefix: keys.identities },
  )
  if (deleted.status !== 'done') return deleted.status
  const records = [
    ...deleted.sessionIds.map(keys.session),
    ...deleted.keyIds.map(keys.apiKey),
    ...deleted.registrations.map(keys.registration),
    ...deleted.passkeyHashes.map(keys.passkey),
  ]
  const names = [userId, ...(accountId === '' ? [] : [accountId]), ...deleted.keyIds]
  await Promise.all([
    forgetRecords(store, records),
    forgetBlocks(store, names),
    forgetUsage(store, accountId === '' ? userId : accountId, now),
  ])
  return deleted.status
}

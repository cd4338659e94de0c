import { mapRead, type Read } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { CONFIRM_REGISTRATION, READ_REGISTRATION } from './scripts/registrations.ts'

/** A registration whose link may be followed. */
export interface Registration {
  /** The address. */
  userId: string
  /** Whether the link carries a password; one that was asked for again does not. */
  hasPassword: boolean
}

/** Reads the registration of a token; undefined for one that is unknown, used, void or over. */
export function registrationRead(tokenHash: string): Read<Registration | undefined> {
  const read = scriptRead(
    'auth',
    READ_REGISTRATION,
    { registrationKey: keys.registration(tokenHash) },
    { registrationsPrefix: keys.registrationsOf(''), tokenHash },
  )
  return mapRead(read, (found) => (found.status === 'found' ? found : undefined))
}

/** Writes the account of a registration, once. See {@link CONFIRM_REGISTRATION}. */
export async function confirmRegistration(
  store: Store,
  {
    userId,
    tokenHash,
    hash = '',
    accountId,
  }: {
    /** The address. */
    userId: string
    tokenHash: string
    /** Of the password that came with the link's token; absent: that of the registration. */
    hash?: string | undefined
    accountId: string
  },
): Promise<'done' | 'refused'> {
  const { status } = await store.write(
    CONFIRM_REGISTRATION,
    {
      userKey: keys.user(userId),
      registrationKey: keys.registration(tokenHash),
      registrationsKey: keys.registrationsOf(userId),
      idKey: keys.accountId(accountId),
      accountsKey: keys.accounts,
      adminsKey: keys.admins,
      sessionsKey: keys.sessionsOf(userId),
      keysKey: keys.apiKeysOf(userId),
      devicesKey: keys.devicesOf(userId),
    },
    { address: userId, tokenHash, chosen: hash, accountId },
  )
  return status
}

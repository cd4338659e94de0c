import { StoreUnavailable } from '../contract/problems.ts'
import { integer, type Read, replyList, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { TOKEN_TTL_MS } from './one-time.ts'
import { CONFIRM_REGISTRATION, READ_REGISTRATION, REGISTER } from './scripts/registrations.ts'

/** Keeps a registration until its link is followed. See {@link REGISTER}. */
export async function keepRegistration(
  store: Store,
  { userId, hash, tokenHash }: { userId: string; hash: string; tokenHash: string },
): Promise<'registered' | 'exists' | 'refused'> {
  const [status] = await store.write(
    REGISTER,
    [keys.user(userId), keys.registration(tokenHash), keys.registrationsOf(userId)],
    [userId, hash, tokenHash, TOKEN_TTL_MS.verify],
  )
  if (status === 'registered' || status === 'exists' || status === 'refused') return status
  throw new StoreUnavailable('register: unexpected reply')
}

/** A registration whose link may be followed. */
export interface Registration {
  /** The address. */
  userId: string
  /** Whether the link carries a password; one that was asked for again does not. */
  hasPassword: boolean
}

/** Reads the registration of a token; undefined for one that is unknown, used, void or over. */
export function registrationRead(tokenHash: string): Read<Registration | undefined> {
  return {
    database: 'auth',
    queue: (pipeline) =>
      pipeline.evalRo(
        READ_REGISTRATION,
        [keys.registration(tokenHash)],
        [keys.registrationsOf(''), tokenHash],
      ),
    parse: (reply) => {
      const [userId, hasPassword] = replyList(reply)
      const address = text(userId)
      return address === undefined
        ? undefined
        : { userId: address, hasPassword: integer(hasPassword) === 1 }
    },
  }
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
  const [status] = await store.write(
    CONFIRM_REGISTRATION,
    [
      keys.user(userId),
      keys.registration(tokenHash),
      keys.registrationsOf(userId),
      keys.accountId(accountId),
      keys.accounts,
      keys.admins,
      keys.sessionsOf(userId),
      keys.apiKeysOf(userId),
      keys.devicesOf(userId),
    ],
    [userId, tokenHash, hash, accountId],
  )
  if (status === 'done' || status === 'refused') return status
  throw new StoreUnavailable('confirm registration: unexpected reply')
}

import { type Read, replyList, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { DISABLE_TOTP, ENABLE_TOTP, KEEP_PENDING_TOTP } from './scripts/totp.ts'

/** How long a secret waits for the code that confirms it: 10 minutes. */
const PENDING_MS = 600_000

/** A code of TOTP that a script uses up: one of `step` and `recovery`, the other is `''`. */
export interface SpentCode {
  /** The sealed secret that the code was compared with; `''` for an account without TOTP. */
  compared: string
  /** The step of a code. */
  step: number | ''
  /** What is kept of a recovery code. */
  recovery: string
}

interface Owner {
  accountId: string
  /** The address. */
  userId: string
}

/** Who turns it on, and in which session. */
interface Asking extends Owner {
  sessionId: string
}

function askingKeysOf(asking: Asking): ReturnType<typeof keysOf> & { sessionKey: string } {
  return { ...keysOf(asking), sessionKey: keys.session(asking.sessionId) }
}

function keysOf({ accountId, userId }: Owner): { userKey: string; totpKey: string } {
  return { userKey: keys.user(userId), totpKey: keys.totp(accountId) }
}

/** Keeps a secret that waits for its first code. See {@link KEEP_PENDING_TOTP}. */
export async function keepPendingTotp(
  store: Store,
  owner: Asking,
  sealed: string,
): Promise<'kept' | 'enabled' | 'refused'> {
  const args = { accountId: owner.accountId, sealed, ttl: PENDING_MS }
  return (await store.write(KEEP_PENDING_TOTP, askingKeysOf(owner), args)).status
}

/** Reads the secret that waits, and since when TOTP is on, in epoch milliseconds. */
export function totpRead(
  accountId: string,
): Read<{ pending: string | undefined; createdAt: number | undefined }> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.hmget(keys.totp(accountId), 'pending', 'createdAt'),
    parse: (reply) => {
      const [pending, createdAt] = replyList(reply).map(text)
      return { pending, createdAt: createdAt === undefined ? undefined : Number(createdAt) }
    },
  }
}

/** Turns TOTP on. See {@link ENABLE_TOTP}. @returns Whether the secret still waited. */
export async function enableTotp(
  store: Store,
  owner: Asking,
  confirmed: { sealed: string; step: number; recoveryCodes: readonly string[] },
): Promise<boolean> {
  const args = { accountId: owner.accountId, ...confirmed }
  return (await store.write(ENABLE_TOTP, askingKeysOf(owner), args)).status === 'done'
}

/** Turns TOTP off. See {@link DISABLE_TOTP}. */
export async function disableTotp(
  store: Store,
  owner: Owner,
  { compared, step, recovery }: SpentCode,
): Promise<'done' | 'refused' | 'spent'> {
  const args = { accountId: owner.accountId, compared, step, recovery }
  return (await store.write(DISABLE_TOTP, keysOf(owner), args)).status
}

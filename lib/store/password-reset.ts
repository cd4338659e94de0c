import { type Read, replyList, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { CLAIM_TOKEN, RELEASE_TOKEN, RESET_PASSWORD } from './scripts/password-reset.ts'
import { DEVICE_TTL_MS } from './sessions.ts'

/** Reads whose address a reset token is for; undefined for one that is unknown, used or over. */
export function resetTokenRead(tokenHash: string): Read<string | undefined> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.hmget(keys.once(tokenHash), 'kind', 'uid'),
    parse: (reply) => {
      const [kind, userId] = replyList(reply).map(text)
      return kind === 'reset' ? userId : undefined
    },
  }
}

/** A token claimed by one request. */
export interface Claim {
  id: string
  tokenHash: string
}

/** Claims a reset token for this request alone. @returns Whose it is. See {@link CLAIM_TOKEN}. */
export async function claimReset(store: Store, claim: Claim): Promise<string | undefined> {
  const onceKey = keys.once(claim.tokenHash)
  const found = await store.write(CLAIM_TOKEN, { onceKey }, { kind: 'reset', claim: claim.id })
  return found.status === 'claimed' ? found.userId : undefined
}

/** Lets another request claim the token. */
export async function releaseReset(store: Store, claim: Claim): Promise<void> {
  await store.write(RELEASE_TOKEN, { onceKey: keys.once(claim.tokenHash) }, { claim: claim.id })
}

/** What a reset by a claimed token needs. */
export interface Reset {
  /** The address. */
  userId: string
  claim: Claim
  hash: string
  /** The network that the request came from; undefined when no address is known. */
  device: string | undefined
  /** The id that the account gets when it has none. */
  freshId: string
}

/** Sets a password by a claimed token; every session and API key ends. See {@link RESET_PASSWORD}. */
export async function replacePassword(
  store: Store,
  { userId, claim, hash, device = '', freshId }: Reset,
): Promise<
  { status: 'done'; accountId: string; endedKeys: number; keyIds: string[] } | { status: 'refused' }
> {
  return store.write(
    RESET_PASSWORD,
    {
      userKey: keys.user(userId),
      sessionsKey: keys.sessionsOf(userId),
      keysKey: keys.apiKeysOf(userId),
      onceKey: keys.once(claim.tokenHash),
      devicesKey: keys.devicesOf(userId),
      freshKey: keys.accountId(freshId),
    },
    {
      address: userId,
      claim: claim.id,
      tokenHash: claim.tokenHash,
      replacement: hash,
      device,
      deviceTtl: DEVICE_TTL_MS,
      fresh: freshId,
    },
  )
}

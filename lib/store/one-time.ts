import { StoreUnavailable } from '../errors.ts'
import { keys } from './keys.ts'
import { type Read, replyList, text } from './reply.ts'
import {
  CLAIM_TOKEN,
  ISSUE_TOKEN,
  REGISTER,
  RELEASE_TOKEN,
  RESET_PASSWORD,
  VERIFY_EMAIL,
} from './scripts/one-time.ts'
import type { Store } from './store.ts'

export type TokenKind = 'verify' | 'reset'

/** Makes an account that waits for its address to be confirmed. See {@link REGISTER}. */
export async function register(
  store: Store,
  account: { userId: string; hash: string; tokenHash: string; tokenTtlMs: number },
): Promise<'registered' | 'exists' | 'refused'> {
  const { userId, hash, tokenHash, tokenTtlMs } = account
  const [status] = await store.write(
    REGISTER,
    [keys.user(userId), keys.once(tokenHash)],
    [userId, hash, tokenHash, tokenTtlMs],
  )
  if (status === 'registered' || status === 'exists' || status === 'refused') return status
  throw new StoreUnavailable('register: unexpected reply')
}

/** Issues a one-time token of an account, if it can use one. See {@link ISSUE_TOKEN}. */
export async function issueToken(
  store: Store,
  token: { userId: string; kind: TokenKind; tokenHash: string; tokenTtlMs: number },
): Promise<'issued' | 'refused'> {
  const { userId, kind, tokenHash, tokenTtlMs } = token
  const reply = await store.write(
    ISSUE_TOKEN,
    [keys.user(userId), keys.once(tokenHash)],
    [userId, kind, tokenHash, tokenTtlMs],
  )
  return status(reply, 'issued')
}

/** Reads whose a token is; undefined for one that is unknown, used or over. */
export function tokenRead(tokenHash: string, kind: TokenKind): Read<string | undefined> {
  return {
    database: 'auth',
    queue: (pipeline) => pipeline.hmget(keys.once(tokenHash), 'kind', 'uid'),
    parse: (reply) => {
      const [stored, userId] = replyList(reply).map(text)
      return stored === kind ? userId : undefined
    },
  }
}

/** Confirms an address, once. See {@link VERIFY_EMAIL}. */
export async function verifyEmail(
  store: Store,
  { userId, tokenHash }: { userId: string; tokenHash: string },
): Promise<'done' | 'refused'> {
  const reply = await store.write(
    VERIFY_EMAIL,
    [keys.user(userId), keys.once(tokenHash)],
    [tokenHash],
  )
  return status(reply, 'done')
}

/** A token claimed by one request. */
export interface Claim {
  id: string
  tokenHash: string
}

/** Claims a reset token for this request alone. @returns Whose it is. See {@link CLAIM_TOKEN}. */
export async function claimReset(store: Store, claim: Claim): Promise<string | undefined> {
  const reply = await store.write(CLAIM_TOKEN, [keys.once(claim.tokenHash)], ['reset', claim.id])
  return status(reply, 'claimed') === 'claimed' ? text(reply[1]) : undefined
}

/** Lets another request claim the token. */
export async function releaseReset(store: Store, claim: Claim): Promise<void> {
  status(await store.write(RELEASE_TOKEN, [keys.once(claim.tokenHash)], [claim.id]), 'done')
}

/** Sets a password by a claimed token; every session ends. See {@link RESET_PASSWORD}. */
export async function resetPassword(
  store: Store,
  { userId, claim, hash }: { userId: string; claim: Claim; hash: string },
): Promise<'done' | 'refused'> {
  const reply = await store.write(
    RESET_PASSWORD,
    [keys.user(userId), keys.sessionsOf(userId), keys.session(''), keys.once(claim.tokenHash)],
    [userId, '', claim.id, claim.tokenHash, hash],
  )
  return status(reply, 'done')
}

function status<good extends string>(reply: unknown[], good: good): good | 'refused' {
  if (reply[0] === good) return good
  if (reply[0] === 'refused') return 'refused'
  throw new StoreUnavailable('one-time token: unexpected reply')
}

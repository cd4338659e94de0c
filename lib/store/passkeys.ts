import { StoreUnavailable } from '../contract/problems.ts'
import { mapRead, type Read } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import type { Holder } from './liveness.ts'
import {
  ADD_PASSKEY,
  BEGIN_PASSKEY,
  FRESHEN_BY_PASSKEY,
  KEEP_CHALLENGE,
  LIST_PASSKEYS,
  OPEN_BY_PASSKEY,
  REMOVE_PASSKEY,
  TAKE_ASSERTION,
  TAKE_CHALLENGE,
} from './scripts/passkeys.ts'
import {
  type NewSession,
  type Opened,
  openedSession,
  openingArgs,
  openingKeys,
} from './sessions.ts'

/** How long a ceremony may take: 5 minutes. */
export const CEREMONY_MS = 300_000

/** A passkey as its account keeps it, in JSON; times in epoch milliseconds. */
export interface StoredPasskey {
  id: string
  name: string
  /** The credential's id, base64url. */
  credential: string
  /** The hash of that id, which names the record. */
  record: string
  /** How a browser reaches its authenticator, separated by spaces. */
  transports: string
  signCount: number
  isBackedUp: boolean
  createdAt: number
  usedAt: number | undefined
}

/** Whose passkeys they are. */
export interface PasskeyOwner {
  accountId: string
  /** The address. */
  userId: string
}

/** A challenge of an assertion says nothing of who will sign in with it. */
const ASSERTION = 'assertion'

/** One of a registration is of the account that asked for it. */
function registrationOf(accountId: string): string {
  return `registration ${accountId}`
}

/** Keeps the challenge of a sign-in. See {@link KEEP_CHALLENGE}. */
export async function keepAssertionChallenge(store: Store, challengeHash: string): Promise<void> {
  const args = { purpose: ASSERTION, ttl: CEREMONY_MS }
  await store.write(KEEP_CHALLENGE, { challengeKey: keys.challenge(challengeHash) }, args)
}

/** Begins to make a passkey. See {@link BEGIN_PASSKEY}. */
export async function beginPasskey(
  store: Store,
  { accountId, userId }: PasskeyOwner,
  { challengeHash, freshHandle }: { challengeHash: string; freshHandle: string },
): Promise<
  | { status: 'begun'; handle: string; name: string | undefined; passkeys: StoredPasskey[] }
  | { status: 'refused' }
> {
  const begun = await store.write(
    BEGIN_PASSKEY,
    {
      challengeKey: keys.challenge(challengeHash),
      userKey: keys.user(userId),
      passkeysKey: keys.passkeysOf(accountId),
    },
    {
      accountId,
      purpose: registrationOf(accountId),
      ttl: CEREMONY_MS,
      handle: freshHandle,
    },
  )
  if (begun.status === 'refused') return begun
  return { ...begun, passkeys: begun.passkeys.map((entry) => passkeyOf('', entry)) }
}

/** Uses up the challenge of a registration. @returns Whether it was kept for this account. */
export async function takeRegistrationChallenge(
  store: Store,
  challengeHash: string,
  accountId: string,
): Promise<boolean> {
  const challengeKey = keys.challenge(challengeHash)
  const args = { purpose: registrationOf(accountId) }
  return (await store.write(TAKE_CHALLENGE, { challengeKey }, args)).status === 'taken'
}

/** A passkey that an assertion names. */
export interface FoundPasskey extends PasskeyOwner {
  passkeyId: string
  handle: string
  /** A JWK in JSON. */
  key: string
}

/** Uses up the challenge of an assertion, and finds its passkey. See {@link TAKE_ASSERTION}. */
export async function takeAssertion(
  store: Store,
  { challengeHash, credentialHash }: { challengeHash: string; credentialHash: string },
): Promise<({ status: 'found' } & FoundPasskey) | { status: 'unknown' | 'no-challenge' }> {
  const touched = {
    challengeKey: keys.challenge(challengeHash),
    passkeyKey: keys.passkey(credentialHash),
  }
  return store.write(TAKE_ASSERTION, touched, { purpose: ASSERTION })
}

/** A passkey to add; its credential's hash is `record`. */
export interface NewPasskey
  extends Omit<StoredPasskey, 'createdAt' | 'usedAt'>,
    Pick<FoundPasskey, 'key'> {}

/** Adds a passkey. See {@link ADD_PASSKEY}. @param most How many an account may have. */
export async function addPasskey(
  store: Store,
  { accountId, userId, sessionId }: PasskeyOwner & { sessionId: string },
  { id, key, ...entry }: NewPasskey,
  most: number,
): Promise<{ status: 'added'; createdAt: number } | { status: 'refused' | 'taken' | 'full' }> {
  return store.write(
    ADD_PASSKEY,
    {
      userKey: keys.user(userId),
      passkeysKey: keys.passkeysOf(accountId),
      passkeyKey: keys.passkey(entry.record),
      sessionKey: keys.session(sessionId),
    },
    {
      ...{ accountId, address: userId, passkeyId: id, most },
      entry: JSON.stringify(entry),
      publicKey: key,
    },
  )
}

/** Takes a passkey away. See {@link REMOVE_PASSKEY}. */
export async function removePasskey(
  store: Store,
  { accountId, userId }: PasskeyOwner,
  { id, record }: Pick<StoredPasskey, 'id' | 'record'>,
): Promise<'removed' | 'unknown' | 'last'> {
  const { status } = await store.write(
    REMOVE_PASSKEY,
    {
      userKey: keys.user(userId),
      passkeysKey: keys.passkeysOf(accountId),
      identitiesKey: keys.identitiesOf(accountId),
      passkeyKey: keys.passkey(record),
    },
    { accountId, passkeyId: id },
  )
  return status
}

/** Lists an account's passkeys, the newest first. */
export function passkeysRead(accountId: string): Read<StoredPasskey[]> {
  const passkeysKey = keys.passkeysOf(accountId)
  return mapRead(scriptRead('auth', LIST_PASSKEYS, { passkeysKey }, {}), ({ passkeys }) => {
    const found: StoredPasskey[] = []
    for (let index = 0; index + 1 < passkeys.length; index += 2) {
      found.push(passkeyOf(passkeys[index] ?? '', passkeys[index + 1] ?? ''))
    }
    return found.sort((a, b) => b.createdAt - a.createdAt)
  })
}

/** What an assertion says of the passkey that was used. */
export interface PasskeyUse {
  passkeyId: string
  signCount: number
  isBackedUp: boolean
}

/** Opens a session for a passkey. See {@link OPEN_BY_PASSKEY}. `fell`: its sign count fell back. */
export async function openByPasskey(
  store: Store,
  session: NewSession,
  { passkeyId, signCount, isBackedUp }: PasskeyUse,
): Promise<(Extract<Opened, { status: 'opened' }> & { fell: boolean }) | { status: 'refused' }> {
  const opened = await store.write(
    OPEN_BY_PASSKEY,
    { ...openingKeys(session), passkeysKey: keys.passkeysOf(session.accountId ?? '') },
    { ...openingArgs(session), passkeyId, signCount, isBackedUp },
  )
  return opened.status === 'opened' ? { ...openedSession(opened), fell: opened.fell } : opened
}

/** Makes the sign-in of a session fresh by a passkey. See {@link FRESHEN_BY_PASSKEY}. */
export async function freshenByPasskey(
  store: Store,
  { sessionId, accountId, userId }: Holder,
  { passkeyId, signCount, isBackedUp }: PasskeyUse,
): Promise<{ status: 'done'; fell: boolean } | { status: 'refused' }> {
  return store.write(
    FRESHEN_BY_PASSKEY,
    {
      sessionKey: keys.session(sessionId),
      userKey: keys.user(userId),
      passkeysKey: keys.passkeysOf(accountId),
    },
    { accountId, passkeyId, signCount, isBackedUp },
  )
}

/** @throws StoreUnavailable for an entry that no script has written. */
function passkeyOf(id: string, entry: string): StoredPasskey {
  try {
    const { createdAt, usedAt, ...passkey } = JSON.parse(entry)
    return {
      ...passkey,
      id,
      createdAt: Number(createdAt),
      usedAt: usedAt === undefined ? undefined : Number(usedAt),
    }
  } catch {
    throw new StoreUnavailable('passkeys: unexpected entry')
  }
}

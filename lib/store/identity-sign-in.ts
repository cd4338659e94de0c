import { mapRead, type Read } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { Store } from './client/store.ts'
import { type IdentityDetails, identityKeyOf } from './identities.ts'
import { keys } from './keys.ts'
import type { Holder } from './liveness.ts'
import { READ_IDENTITY } from './scripts/identity.ts'
import { LINK_IDENTITY } from './scripts/identity-link.ts'
import { SIGN_IN_BY_IDENTITY } from './scripts/identity-sign-in.ts'
import {
  type NewSession,
  type Opened,
  openedSession,
  openingArgs,
  openingKeys,
} from './sessions.ts'

/** Whose an identity is, and what is known of the account that it leads to, or may lead to. */
export interface KnownIdentity {
  /** The account's id; undefined for nobody. */
  holder: string | undefined
  /** The address of the account that is to be entered; undefined where neither names one. */
  userId: string | undefined
  /** The id of the account at that address; undefined where there is none yet. */
  accountId: string | undefined
  /** Hash of its newest link for a new password. */
  resetHash: string | undefined
}

/**
 * Reads whose an identity is.
 *
 * @param address The one that the provider has confirmed; undefined for none.
 */
export function identityRead(
  { provider, hash }: IdentityDetails,
  address: string | undefined,
): Read<KnownIdentity> {
  // No account has the empty address.
  const touched = { identityKey: keys.identity(provider, hash), userKey: keys.user(address ?? '') }
  return mapRead(scriptRead('auth', READ_IDENTITY, touched, {}), (found) => {
    const [holder, holderAddress] = [found.holder || undefined, found.holderAddress || undefined]
    const own = { accountId: found.accountId || undefined, resetHash: found.resetHash || undefined }
    if (holder === undefined) return { holder, userId: address, ...own }
    if (holderAddress === address) return { holder, userId: address, ...own }
    return { holder, userId: holderAddress, accountId: holder, resetHash: undefined }
  })
}

/** An identity that comes in. */
export interface Entering {
  details: IdentityDetails
  /** The id that it gets if it is a new one. */
  identityId: string
  known: KnownIdentity
  /** Whether the provider has confirmed the address of the session's account. */
  confirmed: boolean
  /** Whether it may join an account that is there. */
  mayLink: boolean
}

/** How an identity came to its account. */
export type Arrival = 'known' | 'linked' | 'made' | 'replaced'

export type EnteredByIdentity =
  | (Extract<Opened, { status: 'opened' }> & {
      how: Arrival
      /** Records of what the account had before, which open nothing any more. */
      ended: string[]
    })
  /** Something else is true by now. */
  | { status: 'changed'; known: KnownIdentity }
  | { status: 'refused' | 'taken' | 'unconfirmed' }

const ARRIVALS: readonly Arrival[] = ['known', 'linked', 'made', 'replaced']

/** Opens a session by an identity. See {@link SIGN_IN_BY_IDENTITY}. */
export async function signInByIdentity(
  store: Store,
  { details, identityId, known, confirmed, mayLink }: Entering,
  session: NewSession,
): Promise<EnteredByIdentity> {
  const { accountId = '', freshId, userId } = session
  const entered = await store.write(
    SIGN_IN_BY_IDENTITY,
    {
      identityKey: keys.identity(details.provider, details.hash),
      identitiesKey: keys.identitiesOf(accountId),
      freshIdentitiesKey: keys.identitiesOf(freshId),
      passkeysKey: keys.passkeysOf(accountId),
      totpKey: keys.totp(accountId),
      registrationsKey: keys.registrationsOf(userId),
      keysKey: keys.apiKeysOf(userId),
      resetKey: keys.once(known.resetHash ?? ''),
      ...openingKeys(session),
    },
    {
      assumed: known.holder ?? '',
      confirmed,
      mayLink,
      identityId,
      details: JSON.stringify(details),
      ...openingArgs(session),
    },
  )
  switch (entered.status) {
    case 'opened': {
      const { how, sessionIds, keyIds, registrations, identities, passkeyHashes } = entered
      return {
        ...openedSession(entered),
        how: ARRIVALS.find((each) => each === how) ?? 'known',
        ended: [
          ...sessionIds.map(keys.session),
          ...keyIds.map(keys.apiKey),
          ...registrations.map(keys.registration),
          ...passkeyHashes.map(keys.passkey),
          ...identities.flatMap((json) => identityKeyOf(json) ?? []),
        ],
      }
    }
    case 'changed':
      return { status: 'changed', known: changedOf(entered, userId) }
    default:
      return entered
  }
}

/** What the store has in the place of what was assumed of an account at an address. */
function changedOf(
  found: { holder: string; holderAddress: string; accountId: string },
  userId: string,
): KnownIdentity {
  const { holder, holderAddress } = found
  if (holder !== '' && holderAddress !== userId) {
    return { holder, userId: holderAddress, accountId: holder, resetHash: undefined }
  }
  const accountId = found.accountId || undefined
  return { holder: holder || undefined, userId, accountId, resetHash: undefined }
}

/** Joins an identity to the account of a session. See {@link LINK_IDENTITY}. `cap`: how many one may have. */
export async function linkIdentity(
  store: Store,
  { details, identityId, known }: Pick<Entering, 'details' | 'identityId' | 'known'>,
  { sessionId, accountId, userId }: Holder,
  cap: number,
): Promise<
  | { status: 'linked' | 'known' | 'ended' | 'taken' | 'full' }
  | { status: 'changed'; known: KnownIdentity }
> {
  const linked = await store.write(
    LINK_IDENTITY,
    {
      identityKey: keys.identity(details.provider, details.hash),
      identitiesKey: keys.identitiesOf(accountId),
      userKey: keys.user(userId),
      sessionKey: keys.session(sessionId),
      holderKey: keys.user(known.userId ?? ''),
    },
    {
      accountId,
      address: userId,
      assumed: known.holder ?? '',
      cap,
      identityId,
      details: JSON.stringify(details),
    },
  )
  if (linked.status !== 'changed') return linked
  const { holder, holderAddress } = linked
  const known_ = { holder: holder || undefined, userId: holderAddress || undefined }
  return { status: 'changed', known: { ...known_, accountId: undefined, resetHash: undefined } }
}

import { mapRead, type Read } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { LIST_IDENTITIES, READ_OWN_IDENTITY, UNLINK_IDENTITY } from './scripts/identities.ts'

/** What is kept of an identity beside whose it is. */
export interface IdentityDetails {
  provider: string
  /** Of issuer and subject. */
  hash: string
  /** As the provider told it when the identity was joined; null for none. */
  address: string | null
}

/** An identity of an account; the time in epoch milliseconds. */
export interface ListedIdentity extends IdentityDetails {
  id: string
  createdAt: number
}

/** Lists the identities of an account. */
export function identitiesRead(accountId: string): Read<ListedIdentity[]> {
  const touched = { identitiesKey: keys.identitiesOf(accountId) }
  const read = scriptRead('auth', LIST_IDENTITIES, touched, {})
  return mapRead(read, ({ pairs }) =>
    pairs.flatMap((id, index) =>
      index % 2 === 1 ? [] : (identityOf(id, pairs[index + 1] ?? '') ?? []),
    ),
  )
}

/** Reads one of them; undefined where the account has none of that id. */
export function ownIdentityRead(accountId: string, id: string): Read<ListedIdentity | undefined> {
  const touched = { identitiesKey: keys.identitiesOf(accountId) }
  const read = scriptRead('auth', READ_OWN_IDENTITY, touched, { identityId: id })
  return mapRead(read, ({ details = '' }) => identityOf(id, details))
}

/** Takes an identity away, unless it is the last way in. See {@link UNLINK_IDENTITY}. */
export async function unlinkIdentity(
  store: Store,
  { userId, accountId }: { userId: string; accountId: string },
  { id, provider, hash }: ListedIdentity,
): Promise<'unlinked' | 'unknown' | 'last'> {
  const { status } = await store.write(
    UNLINK_IDENTITY,
    {
      identityKey: keys.identity(provider, hash),
      identitiesKey: keys.identitiesOf(accountId),
      passkeysKey: keys.passkeysOf(accountId),
      userKey: keys.user(userId),
    },
    { accountId, identityId: id },
  )
  return status
}

/** The key that says whose an identity is, of the JSON that is kept of it. */
export function identityKeyOf(json: string): string | undefined {
  const identity = identityOf('', json)
  return identity && keys.identity(identity.provider, identity.hash)
}

/** What is kept of an identity; undefined for what people typed and is none. */
function identityOf(id: string, json: string): ListedIdentity | undefined {
  let kept: unknown
  try {
    kept = JSON.parse(json)
  } catch {
    return undefined
  }
  if (typeof kept !== 'object' || kept === null) return undefined
  const { provider, hash, address, createdAt }: Partial<Record<keyof ListedIdentity, unknown>> =
    kept
  const named = typeof provider === 'string' && typeof hash === 'string'
  if (!named || typeof createdAt !== 'number') return undefined
  return { id, provider, hash, address: typeof address === 'string' ? address : null, createdAt }
}

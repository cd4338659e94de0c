import type { ListedIdentity } from '../../store/identities.ts'

/** An identity of one's own account; the time is RFC 3339. */
export interface OwnIdentity {
  id: string
  /** The provider's id. */
  provider: string
  /** As the provider told it when it was joined. */
  address: string | null
  createdAt: string
}

/** Identities as their owner and an admin see them. */
export function shownIdentities(identities: readonly ListedIdentity[]): OwnIdentity[] {
  return identities
    .toSorted((a, b) => a.createdAt - b.createdAt)
    .map(({ id, provider, address, createdAt }) => ({
      ...{ id, provider, address },
      createdAt: new Date(createdAt).toISOString(),
    }))
}

import type { StoredPasskey } from '../../store/passkeys.ts'

/** A passkey as its owner sees it; times are RFC 3339. */
export interface OwnPasskey {
  id: string
  name: string
  createdAt: string
  /** Null before the first time. */
  lastUsedAt: string | null
  /** Whether there is a copy of it elsewhere, as its authenticator says. */
  backedUp: boolean
}

/** A passkey as its owner and an export show it. */
export function ownPasskey({
  id,
  name,
  createdAt,
  usedAt,
  isBackedUp,
}: Pick<StoredPasskey, 'id' | 'name' | 'createdAt' | 'usedAt' | 'isBackedUp'>): OwnPasskey {
  return {
    id,
    name,
    createdAt: new Date(createdAt).toISOString(),
    lastUsedAt: usedAt === undefined ? null : new Date(usedAt).toISOString(),
    backedUp: isBackedUp,
  }
}

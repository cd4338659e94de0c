import type { PlanLimits } from '../../rate-limit/plans.ts'
import type { ListedKey } from '../../store/api-keys.ts'

/** An API key as its owner sees it; times are RFC 3339. */
export interface OwnKey {
  id: string
  name: string
  /** The beginning of the key, to tell it from others. */
  prefix: string
  scopes: string[]
  /** Requests a minute: its own, or its owner's; null without a limit. */
  limit: number | null
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
}

/** A key that was made a moment ago, with the key itself: it is shown this once. */
export interface NewOwnKey extends Omit<OwnKey, 'createdAt' | 'lastUsedAt'> {
  key: string
}

/** A key as its owner and an admin see it. */
export function own(key: ListedKey, { minute }: Pick<PlanLimits, 'minute'>): OwnKey {
  const { createdAt, expiresAt, usedAt, limit, ...fields } = key
  return {
    ...fields,
    limit: limit ?? minute?.limit ?? null,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: instant(expiresAt),
    lastUsedAt: instant(usedAt),
  }
}

/** A key that was made or rolled a moment ago. */
export function shown(
  key: string,
  record: Pick<ListedKey, 'id' | 'name' | 'prefix' | 'limit' | 'expiresAt'> & {
    scopes: readonly string[]
  },
  { minute }: Pick<PlanLimits, 'minute'>,
): NewOwnKey {
  const { id, name, prefix, scopes, expiresAt } = record
  const limit = record.limit ?? minute?.limit ?? null
  return { id, key, name, prefix, scopes: [...scopes], limit, expiresAt: instant(expiresAt) }
}

function instant(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString()
}

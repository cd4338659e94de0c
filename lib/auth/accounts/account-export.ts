import { type AccessCode, ok, type Result } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import type { Plans } from '../../rate-limit/plans.ts'
import { apiKeysRead } from '../../store/api-keys.ts'
import type { Store } from '../../store/client/store.ts'
import { identitiesRead } from '../../store/identities.ts'
import { passkeysRead } from '../../store/passkeys.ts'
import { sessionsRead } from '../../store/session-list.ts'
import { totpRead } from '../../store/totp.ts'
import { type Account, profileRead } from '../../store/users.ts'
import { type OwnKey, own } from '../api-keys/api-keys.ts'
import { type OwnIdentity, shownIdentities } from '../identities/shown-identities.ts'
import { type OwnPasskey, ownPasskey } from '../passkeys/passkeys.ts'
import type { AuthCall } from '../types.ts'
import { findAccount } from './find-account.ts'
import { shownUser, type User } from './shown-user.ts'

/** What is kept of an account; no password, no secret. Times are RFC 3339. */
export interface AccountExport {
  account: User
  sessions: {
    id: string
    createdAt: string
    lastSeenAt: string
    userAgent: string
    ip: string
  }[]
  keys: OwnKey[]
  identities: OwnIdentity[]
  passkeys: OwnPasskey[]
  /** Since when a sign-in wants a code; null where it does not. */
  totp: { createdAt: string } | null
  /** What belongs to it, by collection. */
  items: Record<string, unknown[]>
}

/** Lists the items of an owner. */
export type ListOwned = (
  call: Pick<AuthCall, 'store' | 'background'>,
  owner: string,
) => Promise<Result<Record<string, unknown[]>, 'service-unavailable'>>

/** What exporting an account needs from outside. */
export interface ExportDeps {
  plans: Plans
  listOwned: ListOwned
}

/** Everything that is kept of an account, for its owner to have. For admins. */
export const exportUser = defineOperation('exportUser', {
  summary: 'Everything that is kept of an account',
  problems: ['not-found', 'service-unavailable'],
  answer: 'AccountExport',
  run: async (call, deps: ExportDeps) => {
    const found = await findAccount(call)
    if (!found.ok) return found
    return accountExport(call, deps, found.value.userId, found.value.account)
  },
})

/** Everything that is kept of the caller's own account. */
export const exportProfile = defineOperation('exportProfile', {
  summary: 'Everything that is kept of your account',
  problems: ['service-unavailable'],
  answer: 'AccountExport',
  run: async (call, deps: ExportDeps) => {
    const { userId } = call.principal
    const account = await call.read(profileRead(userId))
    return account.ok ? accountExport(call, deps, userId, account.value) : account
  },
})

/**
 * Gathers what is kept of an account.
 *
 * @returns `service-unavailable` while an index is being built that its items are found by.
 */
export async function accountExport(
  call: { store: Store; background: AuthCall['background'] },
  { plans, listOwned }: ExportDeps,
  userId: string,
  account: Account,
): Promise<Result<AccountExport, 'service-unavailable' | AccessCode>> {
  const { accountId } = account
  const [sessions, apiKeys, identities, passkeys, totp] = await call.store.read(
    sessionsRead(userId),
    apiKeysRead(userId),
    // No account has the empty id.
    identitiesRead(accountId ?? ''),
    passkeysRead(accountId ?? ''),
    totpRead(accountId ?? ''),
  )
  const items = accountId === undefined ? ok({}) : await listOwned(call, accountId)
  if (!items.ok) return items
  return ok({
    account: shownUser(userId, account, { plans }),
    sessions: sessions.map(({ sessionId, createdAt, rotatedAt, userAgent, ip }) => ({
      id: sessionId,
      createdAt: new Date(createdAt).toISOString(),
      lastSeenAt: new Date(rotatedAt).toISOString(),
      userAgent,
      ip,
    })),
    keys: apiKeys.map((key) => own(key, plans.of(account.plan))),
    identities: shownIdentities(identities),
    passkeys: passkeys.map(ownPasskey),
    totp:
      totp.createdAt === undefined ? null : { createdAt: new Date(totp.createdAt).toISOString() },
    items: items.value,
  })
}

import { type AccessCode, ok, type Result } from '../../contract/problems.ts'
import { defineOperation } from '../../operation.ts'
import type { Plans } from '../../rate-limit/plans.ts'
import { apiKeysRead } from '../../store/api-keys.ts'
import type { Store } from '../../store/client/store.ts'
import { eventsRead } from '../../store/event-list.ts'
import { identitiesRead } from '../../store/identities.ts'
import { networksRead } from '../../store/networks.ts'
import { passkeysRead } from '../../store/passkeys.ts'
import { sessionsRead } from '../../store/session-list.ts'
import { totpRead } from '../../store/totp.ts'
import { type Account, profileRead } from '../../store/users.ts'
import { type OwnKey, own } from '../api-keys/shown-key.ts'
import { type OwnIdentity, shownIdentities } from '../identities/shown-identities.ts'
import { type SecurityEvent, shownEvent } from '../operators/shown-event.ts'
import { type OwnPasskey, ownPasskey } from '../passkeys/shown-passkey.ts'
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
  /** Of each network that it is known to sign in from: the store has no more than a keyed hash. */
  networks: { signedInAt: string }[]
  /** By day: all of it, and of each operation and API key. */
  usage: unknown[]
  /** Newest first; who else did it is not told. */
  events: SecurityEvent[]
  /** What belongs to it, by collection. */
  items: Record<string, unknown[]>
}

/** The trail is some 30,000 long at most, and all of a request's trips have 1.8 s: it is looked through in few. */
const EVENTS_AT_ONCE = 10_000

/** Lists the items of an owner. */
export type ListOwned = (
  call: Pick<AuthCall, 'store' | 'background'>,
  owner: string,
) => Promise<Result<Record<string, unknown[]>, 'service-unavailable'>>

/** Lists by day what was used: of an account's id, or of its address before it has one. */
export type ListUsage = (store: Store, subject: string) => Promise<unknown[]>

/** What exporting an account needs from outside. */
export interface ExportDeps {
  plans: Plans
  listUsage: ListUsage
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
  { plans, listUsage, listOwned }: ExportDeps,
  userId: string,
  account: Account,
): Promise<Result<AccountExport, 'service-unavailable' | AccessCode>> {
  const { accountId } = account
  const [sessions, apiKeys, identities, passkeys, totp, networks] = await call.store.read(
    sessionsRead(userId),
    apiKeysRead(userId),
    // No account has the empty id.
    identitiesRead(accountId ?? ''),
    passkeysRead(accountId ?? ''),
    totpRead(accountId ?? ''),
    networksRead(userId),
  )
  const items = accountId === undefined ? ok({}) : await listOwned(call, accountId)
  if (!items.ok) return items
  return ok({
    account: shownUser(userId, account, { plans }),
    sessions: sessions.map(({ sessionId, createdAt, rotatedAt, userAgent, ip }) => ({
      id: sessionId,
      createdAt: instant(createdAt),
      lastSeenAt: instant(rotatedAt),
      userAgent,
      ip,
    })),
    keys: apiKeys.map((key) => own(key, plans.of(account.plan))),
    identities: shownIdentities(identities),
    passkeys: passkeys.map(ownPasskey),
    totp: totp.createdAt === undefined ? null : { createdAt: instant(totp.createdAt) },
    networks: networks.map(({ signedInAt }) => ({ signedInAt: instant(signedInAt) })),
    usage: await listUsage(call.store, accountId ?? userId),
    events: await eventsOf(call.store, { userId, accountId }),
    items: items.value,
  })
}

function instant(at: number): string {
  return new Date(at).toISOString()
}

/** All events about an account. Events of before accounts had ids have its address. */
async function eventsOf(
  store: Store,
  { userId, accountId }: { userId: string; accountId: string | undefined },
): Promise<SecurityEvent[]> {
  const names = [userId, ...(accountId === undefined ? [] : [accountId])]
  const found: SecurityEvent[] = []
  let before: string | undefined = ''
  while (before !== undefined) {
    const [limit, most] = [EVENTS_AT_ONCE, EVENTS_AT_ONCE]
    const step = eventsRead({ before, limit, most, type: undefined, names })
    const [page] = await store.read(step)
    found.push(...page.events.map(shownEvent))
    before = page.cursor
  }
  return found.map(({ by, ...event }) =>
    by !== undefined && by === accountId ? { by, ...event } : event,
  )
}

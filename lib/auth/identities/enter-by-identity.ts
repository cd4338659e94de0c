import { type Failure, fail, ok, type Result, StoreUnavailable } from '../../contract/problems.ts'
import { forgetRecords } from '../../store/forget.ts'
import type { IdentityDetails } from '../../store/identities.ts'
import {
  type Arrival,
  type EnteredByIdentity,
  identityRead,
  type KnownIdentity,
  linkIdentity,
  signInByIdentity,
} from '../../store/identity-sign-in.ts'
import type { Holder } from '../../store/liveness.ts'
import { forgetUsage } from '../../store/usage.ts'
import { enter, newSession } from '../sessions/enter.ts'
import { guessKeys } from '../sessions/guesses.ts'
import type { TokenResponse } from '../tokens/token-response.ts'
import type { AuthCall } from '../types.ts'
import type { Person } from './person.ts'
import type { Provider } from './provider.ts'
import type { ProviderDeps } from './types.ts'

/** How often what was read is overtaken before it is the store's fault. */
const MOST_TRIES = 5
/** Identities that an account may join to itself. */
const MOST_IDENTITIES = 20

/** What is kept of an identity: the pair of issuer and subject as a hash, and never the address, names it. */
async function detailsOf(
  { id: provider }: Provider,
  { issuer, subject, address }: Person,
  { tokenHash }: ProviderDeps,
): Promise<IdentityDetails> {
  const hash = await tokenHash(JSON.stringify([issuer, subject]))
  return { provider, hash, address: address ?? null }
}

/**
 * Signs in whom a provider has signed in. The identity leads to its account. One that is new joins the
 * account of the same address, if both sides have confirmed it; or makes one. One call to the store decides
 * and does it: see `SIGN_IN_BY_IDENTITY`.
 *
 * @returns A token pair; `oauth-failed` for an address that is not confirmed and for a disabled account;
 *   `conflict` where an account has the address, and identities do not join by themselves.
 */
export async function enterByIdentity(
  call: AuthCall<unknown>,
  deps: ProviderDeps,
  provider: Provider,
  person: Person,
): Promise<Result<TokenResponse, 'oauth-failed' | 'conflict'>> {
  const details = await detailsOf(provider, person, deps)
  const address = person.isConfirmed ? person.address : undefined
  const identityId = deps.randomId()
  let [known]: readonly [KnownIdentity] = await call.store.read(identityRead(details, address))
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const userId = known.holder === undefined ? address : known.userId
    if (userId === undefined) return unconfirmed(provider)
    const accountId = known.userId === userId ? known.accountId : undefined
    const { device } = await guessKeys(userId, call.client.partition, deps)
    const event = { provider: provider.id }
    const account = { userId, accountId, device }
    const session = newSession(call, deps, account, ['signin.provider', event])
    const outcome = await signInByIdentity(
      call.store,
      {
        details,
        identityId,
        known,
        confirmed: address !== undefined && userId === address,
        mayLink: deps.linking === 'verified',
      },
      session,
    )
    switch (outcome.status) {
      case 'opened':
        tellOf(call, outcome, { provider: provider.id, identity: identityId })
        if (outcome.how === 'replaced' && accountId !== undefined) {
          call.background((store) => forgetUsage(store(), accountId, deps.now()))
        }
        return ok(await enter(call, deps, session, outcome))
      case 'changed':
        known = outcome.known
        break
      case 'unconfirmed':
        return unconfirmed(provider)
      case 'refused': {
        call.report('signin.failed', {
          user: accountId,
          provider: provider.id,
        })
        const detail = 'The account may not enter: ask the operator of this service.'
        return fail('oauth-failed', 'account is disabled', { detail })
      }
      case 'taken': {
        const detail = `An account has the address that ${provider.name} tells: sign in there, and join ${provider.name} to it.`
        return fail('conflict', 'identities do not join by themselves', { detail })
      }
    }
  }
  throw new StoreUnavailable('overtaken again and again')
}

function unconfirmed({ id, name }: Provider): Failure<'oauth-failed'> {
  const detail = `${name} does not say that your address is confirmed: confirm it there, and begin anew.`
  return fail('oauth-failed', `${id}: address not confirmed`, { detail })
}

const MADE: readonly Arrival[] = ['made', 'replaced']

/** Records what a sign-in has brought about besides, and deletes what nothing leads to any more. */
function tellOf(
  call: AuthCall<unknown>,
  { how, accountId: user, ended }: Extract<EnteredByIdentity, { status: 'opened' }>,
  about: { provider: string; identity: string },
): void {
  if (MADE.includes(how)) call.report('account.registered', { user, provider: about.provider })
  if (how !== 'known') call.report('identity.linked', { user, ...about })
  if (ended.length > 0) call.background((store) => forgetRecords(store(), ended))
}

/**
 * Joins an identity to the account of the session that asked for it.
 *
 * @param holder The session of the browser that came back.
 * @returns `oauth-failed` where that session has ended; `conflict` for an identity of another account.
 */
export async function joinIdentity(
  call: AuthCall<unknown>,
  deps: ProviderDeps,
  provider: Provider,
  person: Person,
  holder: Holder,
): Promise<Result<undefined, 'oauth-failed' | 'conflict'>> {
  const details = await detailsOf(provider, person, deps)
  const identityId = deps.randomId()
  let [known]: readonly [KnownIdentity] = await call.store.read(identityRead(details, undefined))
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const joining = { details, identityId, known }
    const outcome = await linkIdentity(call.store, joining, holder, MOST_IDENTITIES)
    switch (outcome.status) {
      case 'linked': {
        const about = { provider: provider.id, identity: identityId }
        call.report('identity.linked', {
          user: holder.accountId,
          session: holder.sessionId,
          ...about,
        })
        return ok(undefined)
      }
      case 'known':
        return ok(undefined)
      case 'changed':
        known = outcome.known
        break
      case 'ended':
        return otherSession()
      case 'taken': {
        const detail = `This identity of ${provider.name} belongs to another account.`
        return fail('conflict', 'identity of another account', { detail })
      }
      case 'full': {
        const detail = `An account has ${MOST_IDENTITIES} identities at most: take one away.`
        return fail('conflict', 'identities at their cap', { detail })
      }
    }
  }
  throw new StoreUnavailable('overtaken again and again')
}

/** The browser came back with another session than it left with, or with none. */
export function otherSession(): Failure<'oauth-failed'> {
  const detail =
    'The session that asked for this has ended, or is another one: sign in, and begin anew.'
  return fail('oauth-failed', 'another session', { detail })
}

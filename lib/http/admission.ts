import { type KeyOwner, LiveAccess, type Proof } from '../auth/sessions/liveness.ts'
import { rotate } from '../auth/sessions/rotate.ts'
import type { RefreshClaims } from '../auth/tokens/tokens.ts'
import type { AuthCall, CookieJar, Principal, Report, Site } from '../auth/types.ts'
import { accessOf } from '../contract/access-of.ts'
import type { Operation } from '../contract/operations.ts'
import { fail, ok, type ProblemCode, type Result } from '../contract/problems.ts'
import type { Deps } from '../deps/base.ts'
import type { Store } from '../store/client/store.ts'
import { identifyAccount } from '../store/users.ts'
import type { Authentication } from './credentials/credential.ts'
import {
  type Caller,
  callerOf,
  holdsToken,
  present,
  refusal,
  TWO_CREDENTIALS,
} from './credentials/present.ts'
import type { Match } from './router.ts'

/** What a request has shown at the door. */
export interface Admitted {
  access: LiveAccess
  principal: Principal | undefined
  /** Whether a token came whose signature holds; it may be over. An API key has none: anybody makes one up. */
  signed: boolean
  presented: AuthCall['presented']
}

/** A credential that was checked once for all acts of a request. */
export interface Shown {
  tokens: AuthCall['presented']
  authentication: Authentication
}

/** Finds the credential of a request and checks it. */
export async function show(headers: Headers, deps: Deps): Promise<Shown> {
  const { tokens, check } = present(headers, deps)
  return { tokens, authentication: await check(deps.now()) }
}

interface Arrival {
  headers: Headers
  /** What {@link show} found, where it was asked before. */
  shown?: Shown
  deps: Deps
  store: Store
  cookies: CookieJar
  site: Site
  report: Report
  /** Told who asks, as soon as it is known. */
  identify: (caller: Caller) => void
}

/**
 * Judges the credential again, with liveness, then where the request comes from, then the level. A
 * read's liveness is left to the trip that fetches its data.
 *
 * An access cookie that is over is renewed on the way by the refresh cookie (silent refresh): the
 * rotation is proof of a live session, and its pair goes out with the answer, whatever that is.
 */
export async function admit(
  row: Operation,
  match: Match,
  { headers, shown: before, deps, store, cookies, site, report, identify }: Arrival,
): Promise<Result<Admitted, ProblemCode>> {
  if (holdsToken(row, headers, deps.settings)) {
    const access = new LiveAccess(store, undefined, 'public', deps.now)
    return ok({ access, principal: undefined, signed: false, presented: {} })
  }
  const shown = before ?? (await show(headers, deps))
  const { tokens: presented, authentication } = shown
  if (authentication.status === 'two') return TWO_CREDENTIALS
  identify(callerOf(authentication))
  if (row.ownPages === true && site.foreign) return fail('csrf-failed', 'of another origin')
  const needed = accessOf(row, match.collection)
  const { status } = authentication
  const bad = status === 'invalid' && row.acts === true
  if (bad || (needed !== 'public' && (status === 'none' || status === 'invalid'))) {
    return refusal(authentication)
  }

  // Where nobody has to sign in, a credential counts once it is proven.
  const optional = needed === 'public' && row.optionalPrincipal === true
  const asks = needed !== 'public' || optional
  const renews = status === 'renewable' && (asks || row.acts === true)
  const proof = proofOf(authentication, row, match, deps)
  if (needed !== 'public' && status === 'key' && proof === undefined) {
    const detail = 'An API key opens collections alone: sign in, and send the access token.'
    return fail('insufficient-scope', 'no operation for keys', { detail })
  }
  const signed = status === 'valid' || status === 'renewable'
  const { sessionsSeen, deadSessions, plansSeen } = deps
  const seen = { seen: sessionsSeen, dead: deadSessions, plans: plansSeen }
  const wanted = optional && (proof !== undefined || renews) ? 'user' : needed
  const access = new LiveAccess(store, proof, wanted, deps.now, seen)
  const renew = async (claims: RefreshClaims): ReturnType<typeof rotate> => {
    const rotated = await rotate({ store, report }, claims, deps)
    if (!rotated.ok) return rotated
    const { tokens, holder, rights } = rotated.value
    identify({ session: holder.sessionId, user: holder.accountId })
    cookies.give(tokens)
    access.accept(rights)
    return rotated
  }
  const unsafe = row.method !== 'GET'
  const byCookies = 'by' in authentication && authentication.by === 'cookies'
  const forged = unsafe && byCookies && !site.sameOrigin
  if (row.acts === true && forged) return fail('csrf-failed', 'not of this origin')
  if (needed === 'public' && wanted === 'public' && !renews) {
    if (status === 'renewable') access.renew = () => renew(authentication.claims)
    return ok({ access, principal: undefined, signed, presented })
  }
  const nobody = ok({
    access: new LiveAccess(store, undefined, 'public', deps.now, seen),
    principal: undefined,
    signed,
    presented,
  })

  let holder: Principal | undefined
  if (renews) {
    // Judged before anything is rotated: a page of another site changes nothing.
    if (forged) return fail('csrf-failed', 'not of this origin')
    const rotated = await renew(authentication.claims)
    if (!rotated.ok) return optional ? nobody : fail('invalid-token', rotated.reason)
    holder = rotated.value.holder
    if (row.acts === true) {
      // Its acts go by the new token: the cookie that was sent is used up.
      const token = await deps.accessTokens.verify(rotated.value.tokens.JWT, deps.now())
      if (token.ok) shown.authentication = { status: 'valid', claims: token.value, by: 'cookies' }
      return nobody
    }
  }
  if (unsafe) {
    const proof = await access.prove()
    if (access.keyOwner !== undefined) identify(ownerOf(access.keyOwner))
    if (!proof.ok && optional) return nobody
    if (!proof.ok && proof.code === 'invalid-token') return proof
    if (forged) return fail('csrf-failed', 'not of this origin')
    if (!proof.ok) return proof
  }

  if (asks && status === 'valid') holder = principalOf(authentication.claims)
  const principal = holder ?? (await keyPrincipal(authentication, access, { store, deps, unsafe }))
  return ok({ access, principal, signed, presented })
}

/** Keys are for collections: none makes keys, ends sessions or changes an account. */
function proofOf(
  authentication: Authentication,
  row: Operation,
  { collection }: Match,
  { keys }: Deps,
): Proof | undefined {
  if (authentication.status === 'valid') return { claims: authentication.claims }
  const { action } = row
  if (authentication.status !== 'key' || action === undefined) return undefined
  if (collection === undefined || keys === undefined) return undefined
  return { key: keys.prove(authentication.key, { collection: collection.name, action }) }
}

/** How an API key's owner is named in the log and the events. */
export function ownerOf({ accountId, userId }: KeyOwner): Caller {
  return { user: accountId ?? userId }
}

/**
 * Whom a key stands for, once it is proven; its id stands for it in the log. A change by an account
 * that was typed by hand and never signed in gives the account its id: it may become an owner.
 */
async function keyPrincipal(
  authentication: Authentication,
  { keyOwner }: LiveAccess,
  { store, deps, unsafe }: { store: Store; deps: Deps; unsafe: boolean },
): Promise<Principal | undefined> {
  if (authentication.status !== 'key' || keyOwner === undefined) return undefined
  const { userId } = keyOwner
  const accountId =
    keyOwner.accountId ??
    (unsafe ? await identifyAccount(store, userId, deps.newAccountId()) : undefined)
  if (accountId === undefined) return undefined
  return { accountId, userId, sessionId: `key ${authentication.key.id}` }
}

function principalOf({ sub, user, sid }: { sub: string; user: string; sid: string }): Principal {
  return { accountId: sub, userId: user, sessionId: sid }
}

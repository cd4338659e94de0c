import { LiveAccess, type Proof } from '../auth/liveness.ts'
import { rotate } from '../auth/rotate.ts'
import type { AuthCall, CookieJar, Principal, Report, Site } from '../auth/types.ts'
import type { Deps } from '../deps.ts'
import { fail, ok, type ProblemCode, type Result } from '../errors.ts'
import type { Store } from '../store/store.ts'
import {
  type Authentication,
  authenticate,
  type Caller,
  callerOf,
  holdsToken,
  presentedCredential,
  refusal,
  TWO_CREDENTIALS,
} from './authenticate.ts'
import type { Operation } from './contract.ts'
import { accessOf, type Match } from './router.ts'

/** What a request has shown at the door. */
export interface Admitted {
  access: LiveAccess
  principal: Principal | undefined
  presented: AuthCall['presented']
}

interface Arrival {
  headers: Headers
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
  { headers, deps, store, cookies, site, report, identify }: Arrival,
): Promise<Result<Admitted, ProblemCode>> {
  if (holdsToken(row, headers, deps.settings)) {
    const access = new LiveAccess(store, undefined, 'public', deps.now)
    return ok({ access, principal: undefined, presented: {} })
  }
  const presented = presentedCredential(headers, deps.cookies)
  const authentication = await authenticate(presented, deps, deps.now())
  if (authentication.status === 'two') return TWO_CREDENTIALS
  identify(callerOf(authentication))
  const needed = accessOf(row, match)
  const { status } = authentication
  if (needed !== 'public' && (status === 'none' || status === 'invalid')) {
    return refusal(authentication)
  }

  const renewed = status === 'renewable' && needed !== 'public'
  const claims = status === 'valid' || renewed ? authentication.claims : undefined
  const proof = proofOf(authentication, row, match, deps)
  if (needed !== 'public' && status === 'key' && proof === undefined) {
    return fail('insufficient-scope', 'no operation for keys')
  }
  const access = new LiveAccess(store, proof, needed, deps.now, deps.sessionsSeen)
  const unsafe = row.method !== 'GET'
  const byCookies = 'by' in authentication && authentication.by === 'cookies'
  const forged = needed !== 'public' && unsafe && byCookies && !site.sameOrigin

  if (renewed) {
    // Judged before anything is rotated: a page of another site changes nothing.
    if (forged) return fail('csrf-failed', 'not of this origin')
    const tokens = await rotate({ store, report }, authentication.claims, deps)
    if (!tokens.ok) return fail('invalid-token', tokens.reason)
    cookies.give(tokens.value)
    access.accept(tokens.value.content.level)
  }
  if (unsafe) {
    const proof = await access.prove()
    if (access.keyOwner !== undefined) identify({ user: access.keyOwner })
    if (!proof.ok && proof.code === 'invalid-token') return proof
    if (forged) return fail('csrf-failed', 'not of this origin')
    if (!proof.ok) return proof
  }

  return ok({
    access,
    principal: claims === undefined ? keyPrincipal(authentication, access) : principalOf(claims),
    presented: {
      ...('access' in presented ? { access: presented.access } : {}),
      ...(presented.kind === 'cookies' ? { refresh: presented.refresh, by: 'cookies' } : {}),
    },
  })
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

/** Whom a key stands for, once it is proven; its id stands for it in the log. */
function keyPrincipal(authentication: Authentication, access: LiveAccess): Principal | undefined {
  const { keyOwner } = access
  if (authentication.status !== 'key' || keyOwner === undefined) return undefined
  return { userId: keyOwner, sessionId: `key ${authentication.key.id}` }
}

function principalOf({ sub, sid }: { sub: string; sid: string }): Principal {
  return { userId: sub, sessionId: sid }
}

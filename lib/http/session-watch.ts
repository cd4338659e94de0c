import {
  type DeadSessions,
  SETTLED_TOKEN_SECONDS,
  type TokenTimes,
} from '../auth/sessions/dead-sessions.ts'
import { remember } from '../bounded-map.ts'
import type { PlansSeen } from '../rate-limit/plans-seen.ts'
import type { WaitUntil } from '../rate-limit/types.ts'
import { eachRead } from '../store/client/each-read.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'
import { keys } from '../store/keys.ts'
import { type LivenessFields, liveness } from '../store/liveness.ts'
import { DEFAULT_PLAN } from '../store/rules.ts'
import { READ_LIVENESS } from '../store/scripts/liveness.ts'
import { Denials, Looks, Turns } from './looks.ts'

/** What a token says of its session and its account. */
interface Claims extends TokenTimes {
  sub: string
  user: string
}

/** Looks behind the answer at sessions and accounts. */
export interface SessionWatch {
  /** Checks whether a session with many requests still lives, and learns its account's plan. */
  (claims: Claims, waitUntil: WaitUntil): void
  /** Looks at once: the plan of the account is not known. */
  lookNow(claims: Claims, waitUntil: WaitUntil): void
  /** Looks if it is due: see {@link Denials}. */
  denied(claims: Claims, waitUntil: WaitUntil): void
}

/** Made before accounts had ids: what the store says of the id says nothing of this one. */
function isFromBeforeIds({ sub, user }: Claims): boolean {
  return sub === user
}

/** How many requests of one session go by between two checks. */
const REQUESTS_BETWEEN = 10
/**
 * The gate counts a signed token as its user, and where nobody has to sign in no endpoint asks whether
 * the session lives; under Next no endpoint shares the gate's memory. So the gate asks by itself, once
 * in ten requests of a session: a dead token does not go on using up its owner's quota, and a plan that an
 * admin has changed holds soon.
 */
export function createSessionWatch(
  redis: LimiterClient,
  { deadSessions: dead, plansSeen }: { deadSessions: DeadSessions; plansSeen: PlansSeen },
  now: () => number,
  sleep: (milliseconds: number) => Promise<void>,
): SessionWatch {
  const asked = new Map<string, Turns>()
  const looks = new Looks({ redis, now, sleep, read: eachRead(READ_LIVENESS, {}) })
  const judge = (claims: Claims, fields: LivenessFields): void => {
    const { sub, user, sid, iat } = claims
    const found = liveness({ sessionId: sid, accountId: sub, userId: user }, fields)
    const settled = now() / 1_000 - iat > SETTLED_TOKEN_SECONDS
    switch (found.status) {
      case 'live':
        plansSeen.note(sub, found.plan)
        return
      case 'user-disabled':
        // It may be enabled again. Until then it has no plan, and is counted as others without one are.
        plansSeen.note(sub, DEFAULT_PLAN)
        return
      case 'session-missing':
      case 'session-superseded':
      case 'user-missing':
        if (settled) dead.remember(claims)
        return
      case 'session-revoked':
        dead.remember(claims)
    }
  }
  const look = (claims: Claims, waitUntil: WaitUntil, due: { urgent: boolean }): void => {
    if (dead.has(claims) || isFromBeforeIds(claims)) return
    const { sid, user } = claims
    const touched = { sessionKey: keys.session(sid), userKey: keys.user(user) }
    looks.add(touched, (fields) => judge(claims, fields), waitUntil, due)
  }
  const denials = new Denials()
  const lookNow = (claims: Claims, waitUntil: WaitUntil): void => {
    if (isFromBeforeIds(claims)) plansSeen.note(claims.sub, DEFAULT_PLAN)
    else look(claims, waitUntil, { urgent: true })
  }
  const watch = (claims: Claims, waitUntil: WaitUntil): void => {
    const turns = asked.get(claims.sid) ?? new Turns(REQUESTS_BETWEEN, now())
    remember(asked, claims.sid, turns)
    const due = turns.next(now())
    if (due !== undefined) look(claims, waitUntil, due)
  }
  return Object.assign(watch, {
    lookNow,
    denied: (claims: Claims, waitUntil: WaitUntil): void => {
      if (denials.note(claims.sub, now())) lookNow(claims, waitUntil)
    },
  })
}

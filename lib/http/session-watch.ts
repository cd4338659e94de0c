import {
  type DeadSessions,
  SETTLED_TOKEN_SECONDS,
  type TokenTimes,
} from '../auth/sessions/dead-sessions.ts'
import { remember } from '../bounded-map.ts'
import type { WaitUntil } from '../rate-limit/types.ts'
import { eachRead } from '../store/client/each-read.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'
import { keys } from '../store/keys.ts'
import { type LivenessFields, liveness } from '../store/rotation.ts'
import { READ_LIVENESS } from '../store/scripts/liveness.ts'
import { Looks, Turns } from './looks.ts'

/** What a token says of its session and its account. */
interface Claims extends TokenTimes {
  sub: string
  user: string
}

/** Checks behind the answer whether a session with many requests still lives. */
export type SessionWatch = (claims: Claims, waitUntil: WaitUntil) => void

/** How many requests of one session go by between two checks. */
const REQUESTS_BETWEEN = 10
/**
 * The gate counts a signed token as its user, and where nobody has to sign in no endpoint asks whether
 * the session lives; under Next no endpoint shares the gate's memory. So the gate asks by itself, once
 * in ten requests of a session: a dead token does not go on using up its owner's quota.
 */
export function createSessionWatch(
  redis: LimiterClient,
  dead: DeadSessions,
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
      case 'user-disabled':
        // A disabled account may be enabled again.
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
  return (claims, waitUntil) => {
    const turns = asked.get(claims.sid) ?? new Turns(REQUESTS_BETWEEN, now())
    remember(asked, claims.sid, turns)
    const due = turns.next(now())
    if (due === undefined || dead.has(claims)) return
    // From before accounts had ids: what the store says of the id says nothing of this one.
    if (claims.sub === claims.user) return
    const { sid, user } = claims
    const touched = { sessionKey: keys.session(sid), userKey: keys.user(user) }
    looks.add(touched, (fields) => judge(claims, fields), waitUntil, due)
  }
}

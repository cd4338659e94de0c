import { integer, word, words } from '../client/reply.ts'
import { script } from '../client/script.ts'
import { level, planName } from '../rules.ts'
import { EVENT_ARGS, EVENT_KEYS, RECORD } from './events.ts'
import {
  BEGIN_GENERATION,
  ENROL,
  ENTRY,
  GENERATION,
  IDENTIFY,
  IS_ADMIN,
  MAY_ENTER,
  RAISE_GENERATION,
  REVOKE,
  SPEND_CODE,
} from './parts.ts'
import { CLOCK, WHOLE } from './time.ts'

/** The keys of every script that opens a session. */
export const OPENING_KEYS = [
  'sessionKey',
  'sessionsKey',
  'userKey',
  'devicesKey',
  'knownKey',
  'freshKey',
  'accountsKey',
  'adminsKey',
  ...EVENT_KEYS,
] as const

/** Their arguments. */
export const OPENING_ARGS = [
  'sessionId',
  'address',
  'known',
  'fresh',
  'idleTtl: number',
  'absoluteTtl: number',
  'userAgent',
  'ip',
  'cap: number',
  'device',
  'deviceTtl: number',
  ...EVENT_ARGS,
] as const

/**
 * Opens a session of an account that may enter, behind a check of what was proven: it ends the script when
 * the account is another by now. A sign-in that races with a password change or a disable must not leave
 * a session behind. The account gets its id, if it has none, and the network that the client came from
 * (`device`, or `''`) is known from then on.
 *
 * The event is recorded here, and costs no command of its own. `overCap` are the oldest sessions over
 * `cap`, which the caller revokes. Lifetimes are in ms. Safe to repeat, as far as the check is.
 *
 * @param first What is done before the account is looked at, where it may still be made; `now` is the time.
 * @param more What is told besides, of variables of `first`.
 */
export function opening(check: string, { first = '', more = '' } = {}): string {
  return `${CLOCK}${WHOLE}${ENTRY}${MAY_ENTER}${GENERATION}${BEGIN_GENERATION}${IDENTIFY}${IS_ADMIN}${ENROL}${RECORD}
local now = clock()
${first}if not mayEnter(userKey) then return {'refused'} end
${check}
redis.call('HSETNX', userKey, 'level', '0')
beginGeneration(userKey, 'HSETNX')
local id = identify(userKey, address, knownKey, known, freshKey, fresh)
enrol(userKey, address, accountsKey, adminsKey)
local absolute = now + absoluteTtl
local idle = math.min(now + idleTtl, absolute)
redis.call('HSET', sessionKey, 'st', 'live', 'seq', '1', 'at', whole(now), 'createdAt', whole(now),
  'idle', whole(idle), 'abs', whole(absolute), 'uid', id, 'ua', userAgent, 'ip', ip, 'gen', generation(userKey))
redis.call('PEXPIREAT', sessionKey, whole(absolute))
redis.call('ZREMRANGEBYSCORE', sessionsKey, '-inf', '(' .. whole(now))
redis.call('ZADD', sessionsKey, whole(idle), sessionId)
if redis.call('PTTL', sessionsKey) < absoluteTtl then redis.call('PEXPIREAT', sessionsKey, whole(absolute)) end
if device ~= '' then
  redis.call('ZREMRANGEBYSCORE', devicesKey, '-inf', whole(now - deviceTtl))
  redis.call('ZADD', devicesKey, whole(now), device)
  redis.call('ZREMRANGEBYRANK', devicesKey, 0, -101)
  redis.call('PEXPIRE', devicesKey, whole(deviceTtl))
end
local over = redis.call('ZCARD', sessionsKey) - cap
local oldest = {}
-- By their ends: after those became shorter the new one may be among the first, and stays.
for _, id in ipairs(over > 0 and redis.call('ZRANGE', sessionsKey, 0, math.min(over, 100)) or {}) do
  if id ~= sessionId and #oldest < math.min(over, 100) then oldest[#oldest + 1] = id end
end
record(eventsKey, eventIdsKey, eventCountsKey, mostEvents, owner, mostOfOwner, mostOfKind, eventWords)
return {'opened', whole(now), whole(idle), redis.call('HGET', userKey, 'level'), id, oldest, redis.call('HGET', userKey, 'plan')${more}}
`
}

/** What they answer. */
export const OPENING_OUTCOMES = {
  opened: { now: integer, idle: integer, level, accountId: word, overCap: words, plan: planName },
  refused: {},
} as const

/**
 * Opens a session for a password, if the account still has the hash that it was compared with and the
 * secret of TOTP that the code was. The code is used up in the same step: `spent` where it was before.
 */
export const OPEN_SESSION = /* @__PURE__ */ script({
  name: 'open session',
  keys: [...OPENING_KEYS, 'totpKey'],
  args: ['comparedHash', 'comparedTotp', 'step', 'recovery', ...OPENING_ARGS],
  lua: /* @__PURE__ */ opening(`${SPEND_CODE}
local compared = redis.call('HMGET', userKey, 'password', 'totp')
if compared[1] ~= comparedHash or (compared[2] or '') ~= comparedTotp then return {'refused'} end
-- A call that is repeated, because its answer was lost, finds the session that it has opened.
local again = redis.call('EXISTS', sessionKey) == 1
if comparedTotp ~= '' and not again and not spendCode(totpKey, step, recovery) then return {'spent'} end`),
  outcomes: { ...OPENING_OUTCOMES, spent: {} },
})

/**
 * Ends one session, if it is this account's. Sessions opened before accounts had ids name the address,
 * and so do their tokens: the index says whose they are. Safe to repeat.
 */
export const REVOKE_SESSION = /* @__PURE__ */ script({
  name: 'revoke session',
  keys: ['sessionKey', 'sessionsKey'],
  args: ['sessionId', 'accountId', 'address'],
  lua: `${REVOKE}
local session = redis.call('HMGET', sessionKey, 'uid', 'st')
local own = session[1] == accountId or session[1] == address
if accountId == address and redis.call('ZSCORE', sessionsKey, sessionId) then own = true end
if not own or session[2] ~= 'live' then return {'unknown'} end
revoke(sessionKey, sessionsKey, sessionId)
return {'ended'}
`,
  outcomes: { ended: {}, unknown: {} },
})

/**
 * Ends all sessions of an account in one step: no rotation that races with it leaves a session behind.
 * Tells the ids that the index had.
 */
export const END_SESSIONS = /* @__PURE__ */ script({
  name: 'end sessions',
  keys: ['userKey', 'sessionsKey'],
  lua: `${GENERATION}${BEGIN_GENERATION}${RAISE_GENERATION}
local ids = redis.call('ZRANGE', sessionsKey, 0, 999)
if redis.call('EXISTS', userKey) == 1 then
  raiseGeneration(userKey)
  redis.call('DEL', sessionsKey)
end
return {'done', ids}
`,
  outcomes: { done: { sessionIds: words } },
})

import { integer, word, words } from '../client/reply.ts'
import { script } from '../client/script.ts'
import { level } from '../rules.ts'
import { EVENT_ARGS, EVENT_KEYS, RECORD } from './events.ts'
import {
  BEGIN_GENERATION,
  CLOCK,
  ENROL,
  ENTRY,
  GENERATION,
  IDENTIFY,
  IS_ADMIN,
  MAY_ENTER,
  RAISE_GENERATION,
  REVOKE,
  WHOLE,
} from './parts.ts'

/** The keys that opening a session needs, besides those of its event. */
export const OPEN_KEYS = [
  'sessionKey',
  'sessionsKey',
  'userKey',
  'devicesKey',
  'knownKey',
  'freshKey',
  'accountsKey',
  'adminsKey',
] as const

/** The arguments that opening a session needs, besides those of its event. Lifetimes are in ms. */
export const OPEN_ARGS = [
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
] as const

/** What a script tells of a session that it has opened. */
export const OPENED = {
  now: integer,
  idle: integer,
  level,
  accountId: word,
  overCap: words,
} as const

/**
 * Opens a session of an account that may enter. The network that the client came from (`device`, or `''`) is
 * known from then on. Returns the end of its idle time, and the oldest sessions over `cap`, which the
 * caller revokes. Needs {@link WHOLE}, {@link GENERATION} and {@link BEGIN_GENERATION}.
 */
export const OPEN = `
local function open(now, id, sessionId, sessionKey, sessionsKey, userKey, idleTtl, absoluteTtl, userAgent, ip, cap)
  redis.call('HSETNX', userKey, 'level', '0')
  beginGeneration(userKey, 'HSETNX')
  local absolute = now + absoluteTtl
  local idle = math.min(now + idleTtl, absolute)
  redis.call('HSET', sessionKey, 'st', 'live', 'seq', '1', 'at', whole(now), 'createdAt', whole(now),
    'idle', whole(idle), 'abs', whole(absolute), 'uid', id, 'ua', userAgent, 'ip', ip, 'gen', generation(userKey))
  redis.call('PEXPIREAT', sessionKey, whole(absolute))
  redis.call('ZREMRANGEBYSCORE', sessionsKey, '-inf', '(' .. whole(now))
  redis.call('ZADD', sessionsKey, whole(idle), sessionId)
  if redis.call('PTTL', sessionsKey) < absoluteTtl then redis.call('PEXPIREAT', sessionsKey, whole(absolute)) end
  local over = redis.call('ZCARD', sessionsKey) - cap
  return idle, over > 0 and redis.call('ZRANGE', sessionsKey, 0, math.min(over, 100) - 1) or {}
end
local function noteDevice(now, devicesKey, device, deviceTtl)
  if device == '' then return end
  redis.call('ZREMRANGEBYSCORE', devicesKey, '-inf', whole(now - deviceTtl))
  redis.call('ZADD', devicesKey, whole(now), device)
  redis.call('ZREMRANGEBYRANK', devicesKey, 0, -101)
  redis.call('PEXPIRE', devicesKey, whole(deviceTtl))
end`

/**
 * Opens a session, if the account still is what the password was compared against: a sign-in that
 * races with a password change or a disable must not leave a session behind. The account gets its id,
 * if it has none.
 *
 * The event is recorded here, and costs no command of its own. `overCap` are the oldest sessions over
 * `cap`, which the caller revokes. Safe to repeat.
 */
export const OPEN_SESSION = /* @__PURE__ */ script({
  name: 'open session',
  keys: [...OPEN_KEYS, ...EVENT_KEYS],
  args: ['comparedHash', ...OPEN_ARGS, ...EVENT_ARGS],
  lua: `${CLOCK}${WHOLE}${ENTRY}${MAY_ENTER}${GENERATION}${BEGIN_GENERATION}${IDENTIFY}${IS_ADMIN}${ENROL}${OPEN}${RECORD}
local now = clock()
if not mayEnter(userKey) or redis.call('HGET', userKey, 'password') ~= comparedHash then
  return {'refused'}
end
local id = identify(userKey, address, knownKey, known, freshKey, fresh)
local idle, oldest = open(now, id, sessionId, sessionKey, sessionsKey, userKey, idleTtl, absoluteTtl, userAgent, ip, cap)
enrol(userKey, address, accountsKey, adminsKey)
noteDevice(now, devicesKey, device, deviceTtl)
record(eventsKey, eventIdsKey, eventCountsKey, mostEvents, owner, mostOfOwner, mostOfKind, eventWords)
return {'opened', whole(now), whole(idle), redis.call('HGET', userKey, 'level'), id, oldest}
`,
  outcomes: { opened: OPENED, refused: {} },
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

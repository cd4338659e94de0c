import { integer, word } from '../client/reply.ts'
import { script } from '../client/script.ts'
import { level, planName } from '../rules.ts'
import { ENTRY, GENERATION, IDENTIFY, MAY_ENTER, REVOKE } from './parts.ts'
import { CLOCK, WHOLE } from './time.ts'

/** A session as it is after a rotation. */
const ROTATED = {
  seq: integer,
  at: integer,
  idle: integer,
  now: integer,
  level,
  accountId: word,
  plan: planName,
}

/**
 * Rotates a refresh token (RFC 9700 §4.14.2) by its counter, check and set in one step.
 *
 * `d = seq - presented`: 0 rotates; 1 within the grace repeats the last answer and moves nothing;
 * anything else is a copy of a retired token, or a store that was rolled back: the session ends.
 *
 * A token from before accounts had ids names the address in the place of the id. Its session gets the
 * id with the rotation, so that nobody is signed out by the change.
 *
 * `subject` is the token's; `freshKey` is `uid:` of the fresh id; lifetimes, `grace` and the tolerance
 * for clocks are in ms, `tokenEnd` is the token's end.
 */
export const ROTATE_SESSION = /* @__PURE__ */ script({
  name: 'rotate session',
  keys: ['sessionKey', 'sessionsKey', 'userKey', 'freshKey'],
  args: [
    'sessionId',
    'subject',
    'address',
    'presented: number',
    'idleTtl: number',
    'grace: number',
    'tokenEnd: number',
    'clockTolerance: number',
    'fresh',
  ],
  lua: `${CLOCK}${WHOLE}${REVOKE}${ENTRY}${MAY_ENTER}${GENERATION}${IDENTIFY}
local now = clock()
local session = redis.call('HMGET', sessionKey, 'st', 'uid', 'seq', 'at', 'idle', 'abs', 'gen')
if not session[1] then return {'unknown'} end
local id = redis.call('HGET', userKey, 'id')
local old = subject == address and (session[2] == address or (id and session[2] == id))
local same = session[2] == subject and id == subject
if session[1] ~= 'live' or not (same or old) then return {'revoked'} end
if (session[7] or '0') ~= generation(userKey) then
  revoke(sessionKey, sessionsKey, sessionId)
  return {'revoked'}
end
local seq, at, idle, absolute = tonumber(session[3]), tonumber(session[4]), tonumber(session[5]), tonumber(session[6])
if not (seq and at and idle and absolute) then
  revoke(sessionKey, sessionsKey, sessionId)
  return {'revoked'}
end
if now >= idle or now >= absolute then
  revoke(sessionKey, sessionsKey, sessionId)
  return {'expired'}
end
if now >= tokenEnd + clockTolerance then return {'expired'} end
local outcome = 'repeated'
local behind = seq - presented
if behind == 0 then
  if not mayEnter(userKey) then return {'refused'} end
  outcome = 'rotated'
  seq, at, idle = seq + 1, now, math.min(now + idleTtl, absolute)
elseif behind ~= 1 or now - at > grace then
  revoke(sessionKey, sessionsKey, sessionId)
  return {'reused'}
elseif not mayEnter(userKey) then
  return {'refused'}
end
if session[2] == address then
  id = identify(userKey, address, freshKey, '', freshKey, fresh)
  redis.call('HSET', sessionKey, 'uid', id)
end
if outcome == 'rotated' then
  redis.call('HSET', sessionKey, 'seq', whole(seq), 'at', whole(at), 'idle', whole(idle))
  redis.call('ZADD', sessionsKey, 'XX', whole(idle), sessionId)
end
redis.call('HSETNX', userKey, 'level', '0')
return {outcome, whole(seq), whole(at), whole(idle), whole(now), redis.call('HGET', userKey, 'level'), id, redis.call('HGET', userKey, 'plan')}
`,
  outcomes: {
    rotated: ROTATED,
    repeated: ROTATED,
    unknown: {},
    revoked: {},
    expired: {},
    refused: {},
    reused: {},
  },
})

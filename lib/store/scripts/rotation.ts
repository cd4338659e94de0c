import { GENERATION, MAY_ENTER, REVOKE, STORE_TIME } from './parts.ts'

/**
 * Rotates a refresh token (RFC 9700 §4.14.2) by its counter, check and set in one step.
 *
 * `d = seq - presented`: 0 rotates; 1 within the grace repeats the last answer and moves nothing;
 * anything else is a copy of a retired token, or a store that was rolled back: the session ends.
 *
 * Returns `{'rotated' | 'repeated', seq, at, idle, now, level}` or
 * `{'unknown' | 'revoked' | 'expired' | 'refused' | 'reused'}`.
 */
export const ROTATE_SESSION = `#!lua flags=allow-key-locking
local sessionKey, sessionsKey, userKey = KEYS[1], KEYS[2], KEYS[3]
local sid, uid = ARGV[1], ARGV[2]
local presented, idleTtl, grace = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local tokenEnd, clockTolerance = tonumber(ARGV[6]), tonumber(ARGV[7])
${STORE_TIME}
${REVOKE}
${MAY_ENTER}
${GENERATION}
local session = redis.call('HMGET', sessionKey, 'st', 'uid', 'seq', 'at', 'idle', 'abs', 'gen')
if not session[1] then return {'unknown'} end
if session[1] ~= 'live' or session[2] ~= uid then return {'revoked'} end
if (session[7] or '0') ~= generation() then
  revoke()
  return {'revoked'}
end
local seq, at, idle, absolute = tonumber(session[3]), tonumber(session[4]), tonumber(session[5]), tonumber(session[6])
if not (seq and at and idle and absolute) then
  revoke()
  return {'revoked'}
end
if now >= idle or now >= absolute then
  revoke()
  return {'expired'}
end
if now >= tokenEnd + clockTolerance then return {'expired'} end
local outcome = 'repeated'
local behind = seq - presented
if behind == 0 then
  if not mayEnter() then return {'refused'} end
  outcome = 'rotated'
  seq, at, idle = seq + 1, now, math.min(now + idleTtl, absolute)
elseif behind ~= 1 or now - at > grace then
  revoke()
  return {'reused'}
elseif not mayEnter() then
  return {'refused'}
end
local int = function(value) return string.format('%.0f', value) end
if outcome == 'rotated' then
  redis.call('HSET', sessionKey, 'seq', int(seq), 'at', int(at), 'idle', int(idle))
  redis.call('ZADD', sessionsKey, 'XX', int(idle), sid)
end
redis.call('HSETNX', userKey, 'level', '0')
return {outcome, int(seq), int(at), int(idle), int(now), redis.call('HGET', userKey, 'level')}
`

/**
 * The liveness reads again, but as a script that may write, so that a Global database runs it at the
 * primary: a session opened a moment ago may not have reached the replica that was asked first.
 */
export const LIVENESS_AT_PRIMARY = `#!lua flags=allow-key-locking
local sessionKey, userKey = KEYS[1], KEYS[2]
return {redis.call('HMGET', sessionKey, 'st', 'uid', 'gen'), redis.call('HMGET', userKey, 'level', 'disabled', 'emailVerified', 'gen')}
`

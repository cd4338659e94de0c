import { GENERATION, IDENTIFY, MAY_ENTER, REVOKE, STORE_TIME } from './parts.ts'

/**
 * Rotates a refresh token (RFC 9700 §4.14.2) by its counter, check and set in one step.
 *
 * `d = seq - presented`: 0 rotates; 1 within the grace repeats the last answer and moves nothing;
 * anything else is a copy of a retired token, or a store that was rolled back: the session ends.
 *
 * A token from before accounts had ids names the address in the place of the id. Its session gets the
 * id with the rotation, so that nobody is signed out by the change.
 *
 * KEYS: session, the account's sessions, account, `uid:` of a fresh id. ARGV: session id, the token's
 * subject, address, counter, idle lifetime and grace in ms, the token's end, the
 * tolerance for clocks in ms, a fresh id. Returns
 * `{'rotated' | 'repeated', seq, at, idle, now, level, id}` or
 * `{'unknown' | 'revoked' | 'expired' | 'refused' | 'reused'}`.
 */
export const ROTATE_SESSION = `#!lua flags=allow-key-locking
local sessionKey, sessionsKey, userKey, freshKey = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local sid, subject, uid = ARGV[1], ARGV[2], ARGV[3]
local presented, idleTtl, grace = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local tokenEnd, clockTolerance, fresh = tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9]
${STORE_TIME}
${REVOKE}
${MAY_ENTER}
${GENERATION}
${IDENTIFY}
local session = redis.call('HMGET', sessionKey, 'st', 'uid', 'seq', 'at', 'idle', 'abs', 'gen')
if not session[1] then return {'unknown'} end
local id = redis.call('HGET', userKey, 'id')
local old = subject == uid and (session[2] == uid or (id and session[2] == id))
local same = session[2] == subject and id == subject
if session[1] ~= 'live' or not (same or old) then return {'revoked'} end
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
if session[2] == uid then
  id = identify(freshKey, '', freshKey, fresh)
  redis.call('HSET', sessionKey, 'uid', id)
end
if outcome == 'rotated' then
  redis.call('HSET', sessionKey, 'seq', int(seq), 'at', int(at), 'idle', int(idle))
  redis.call('ZADD', sessionsKey, 'XX', int(idle), sid)
end
redis.call('HSETNX', userKey, 'level', '0')
return {outcome, int(seq), int(at), int(idle), int(now), redis.call('HGET', userKey, 'level'), id}
`

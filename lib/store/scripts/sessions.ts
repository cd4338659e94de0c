import { RECORD } from './events.ts'
import { END_OTHERS, ENROL, GENERATION, IDENTIFY, MAY_ENTER, REVOKE, STORE_TIME } from './parts.ts'

/**
 * Opens a session, if the account still is what the password was compared against: a sign-in that
 * races with a password change or a disable must not leave a session behind. The account gets its id,
 * if it has none, and the network that the client came from is known from then on.
 *
 * The event is recorded here, and costs no command of its own. Returns
 * `{'opened', now, idle, level, id, {sid…}}` or `{'refused'}`, the list being the oldest
 * sessions over the cap, which the caller revokes. Safe to repeat.
 */
export const OPEN_SESSION = `#!lua flags=allow-key-locking
local sessionKey, sessionsKey, userKey, devicesKey, knownKey, freshKey, accountsKey, adminsKey = unpack(KEYS)
local sid, uid, comparedHash, known, fresh = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local idleTtl, absoluteTtl = tonumber(ARGV[6]), tonumber(ARGV[7])
local userAgent, ip, cap, device, deviceTtl = ARGV[8], ARGV[9], tonumber(ARGV[10]), ARGV[11], tonumber(ARGV[12])
${STORE_TIME}
${MAY_ENTER}
${GENERATION}
${IDENTIFY}
${ENROL}
${RECORD}
if not mayEnter() or redis.call('HGET', userKey, 'password') ~= comparedHash then
  return {'refused'}
end
redis.call('HSETNX', userKey, 'level', '0')
beginGeneration('HSETNX')
local id = identify(knownKey, known, freshKey, fresh)
enrol()
local absolute = now + absoluteTtl
local idle = math.min(now + idleTtl, absolute)
local ms = function(value) return string.format('%.0f', value) end
redis.call('HSET', sessionKey, 'st', 'live', 'seq', '1', 'at', ms(now), 'createdAt', ms(now),
  'idle', ms(idle), 'abs', ms(absolute), 'uid', id, 'ua', userAgent, 'ip', ip, 'gen', generation())
redis.call('PEXPIREAT', sessionKey, ms(absolute))
redis.call('ZREMRANGEBYSCORE', sessionsKey, '-inf', '(' .. ms(now))
redis.call('ZADD', sessionsKey, ms(idle), sid)
if redis.call('PTTL', sessionsKey) < absoluteTtl then redis.call('PEXPIREAT', sessionsKey, ms(absolute)) end
if device ~= '' then
  redis.call('ZREMRANGEBYSCORE', devicesKey, '-inf', ms(now - deviceTtl))
  redis.call('ZADD', devicesKey, ms(now), device)
  redis.call('ZREMRANGEBYRANK', devicesKey, 0, -101)
  redis.call('PEXPIRE', devicesKey, deviceTtl)
end
local over = redis.call('ZCARD', sessionsKey) - cap
local oldest = over > 0 and redis.call('ZRANGE', sessionsKey, 0, math.min(over, 100) - 1) or {}
record(9, 13)
return {'opened', ms(now), ms(idle), redis.call('HGET', userKey, 'level'), id, oldest}
`

/**
 * Ends one session, if it is this account's. KEYS: session, the account's sessions. ARGV: session id,
 * account id, address. Sessions opened before accounts had ids name the address, and so do their
 * tokens: the index says whose they are. Returns `{'ended'}` or
 * `{'unknown'}`. Safe to repeat.
 */
export const REVOKE_SESSION = `#!lua flags=allow-key-locking
local sessionKey, sessionsKey = KEYS[1], KEYS[2]
local sid, accountId, uid = ARGV[1], ARGV[2], ARGV[3]
${REVOKE}
local session = redis.call('HMGET', sessionKey, 'uid', 'st')
local own = session[1] == accountId or session[1] == uid
if accountId == uid and redis.call('ZSCORE', sessionsKey, sid) then own = true end
if not own or session[2] ~= 'live' then return {'unknown'} end
revoke()
return {'ended'}
`

/**
 * Ends all sessions of an account, or all but one, in one step: no rotation that races with it
 * leaves a session behind.
 *
 * KEYS: account, its index, the session to keep. ARGV: account id, the id of the session to keep or
 * ''. Returns `{'done', {sid…}}`, the list being what the index had.
 */
export const END_SESSIONS = `#!lua flags=allow-key-locking
local userKey, sessionsKey, sessionKey = KEYS[1], KEYS[2], KEYS[3]
local accountId, kept = ARGV[1], ARGV[2]
${GENERATION}
${END_OTHERS}
local ids = redis.call('ZRANGE', sessionsKey, 0, 999)
if redis.call('EXISTS', userKey) == 1 then endOthers() end
return {'done', ids}
`

/**
 * Lists the live sessions of an account. Read-only.
 *
 * KEYS: index, account. ARGV: the prefix of session keys. Returns `{{sid, createdAt, at, ua, ip}…}`.
 */
export const LIST_SESSIONS = `
local sessionsKey, userKey = KEYS[1], KEYS[2]
${STORE_TIME}
${GENERATION}
local current, answer = generation(), {}
for _, sid in ipairs(redis.call('ZREVRANGE', sessionsKey, 0, -1)) do
  local session = redis.call('HMGET', ARGV[1] .. sid, 'st', 'gen', 'idle', 'createdAt', 'at', 'ua', 'ip')
  local live = session[1] == 'live' and (session[2] or '0') == current and now < (tonumber(session[3]) or 0)
  if live then answer[#answer + 1] = {sid, session[4], session[5], session[6], session[7]} end
end
return answer
`

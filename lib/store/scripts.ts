/**
 * All Lua. Every script names its KEYS and ARGV at the top.
 *
 * `flags=allow-key-locking` is Upstash's own: without it a script locks the whole database, with it
 * a script locks the keys it declares and may touch no other. The local gateway strips the line.
 * Times are milliseconds of the store's clock, so an application clock that is off changes nothing.
 */

const STORE_TIME = `local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)`

/** A revoked session stays for a day, so that the log can tell revoked from unknown. */
const REVOKE = `local function revoke()
  if redis.call('HGET', sessionKey, 'st') ~= 'live' then return end
  redis.call('HSET', sessionKey, 'st', 'revoked')
  if redis.call('PTTL', sessionKey) > 86400000 then redis.call('PEXPIRE', sessionKey, 86400000) end
  redis.call('ZREM', sessionsKey, sid)
end`

/** An account that may hold a session: it exists, and `mayEnter` of `users.ts` says the same. */
const MAY_ENTER = `local function mayEnter()
  if redis.call('EXISTS', userKey) == 0 then return false end
  local user = redis.call('HMGET', userKey, 'disabled', 'emailVerified')
  local enabled = not user[1] or user[1] == '' or user[1] == '0'
  local verified = not user[2] or user[2] == '1' or user[2] == 'true'
  return enabled and verified
end`

/**
 * A session belongs to the generation of its account's sessions in which it was opened. Raising the
 * account's number ends them all in one step, however many there are, without naming their keys.
 */
const GENERATION = `local function generation()
  return redis.call('HGET', userKey, 'gen') or '0'
end`

/** Ends all sessions of an account but `kept`, by raising its generation. */
const END_OTHERS = `local function endOthers()
  local before = generation()
  if not string.match(before, '^%d+$') then redis.call('HSET', userKey, 'gen', '0') end
  redis.call('HINCRBY', userKey, 'gen', 1)
  -- Read back as text: a Lua number of sixteen digits does not keep them all.
  local after = generation()
  local session = redis.call('HMGET', sessionKey, 'st', 'uid', 'gen', 'abs')
  local keeps = kept ~= '' and session[1] == 'live' and session[2] == uid and (session[3] or '0') == before
  local idle = keeps and redis.call('ZSCORE', sessionsKey, kept)
  redis.call('DEL', sessionsKey)
  if keeps then redis.call('HSET', sessionKey, 'gen', after) end
  if idle then
    redis.call('ZADD', sessionsKey, idle, kept)
    redis.call('PEXPIREAT', sessionsKey, session[4])
  end
end`

/**
 * Opens a session, if the account still is what the password was compared against: a sign-in that
 * races with a password change or a disable must not leave a session behind.
 *
 * Returns `{'opened', now, idle, abs, level, {sid…}}` or `{'refused'}`, the list being the oldest
 * sessions over the cap, which the caller revokes. Safe to repeat.
 */
export const OPEN_SESSION = `#!lua flags=allow-key-locking
local sessionKey, sessionsKey, userKey = KEYS[1], KEYS[2], KEYS[3]
local sid, uid, comparedHash = ARGV[1], ARGV[2], ARGV[3]
local idleTtl, absoluteTtl = tonumber(ARGV[4]), tonumber(ARGV[5])
local userAgent, ip, cap = ARGV[6], ARGV[7], tonumber(ARGV[8])
${STORE_TIME}
${MAY_ENTER}
${GENERATION}
if not mayEnter() or redis.call('HGET', userKey, 'password') ~= comparedHash then
  return {'refused'}
end
redis.call('HSETNX', userKey, 'level', '0')
-- Where an account begins to count is nobody's guess: one that is deleted and made again does not
-- meet the sessions of the one before.
redis.call('HSETNX', userKey, 'gen', string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2])))
local absolute = now + absoluteTtl
local idle = math.min(now + idleTtl, absolute)
local ms = function(value) return string.format('%.0f', value) end
redis.call('HSET', sessionKey, 'st', 'live', 'seq', '1', 'at', ms(now), 'createdAt', ms(now),
  'idle', ms(idle), 'abs', ms(absolute), 'uid', uid, 'ua', userAgent, 'ip', ip, 'gen', generation())
redis.call('PEXPIREAT', sessionKey, ms(absolute))
redis.call('ZREMRANGEBYSCORE', sessionsKey, '-inf', '(' .. ms(now))
redis.call('ZADD', sessionsKey, ms(idle), sid)
if redis.call('PTTL', sessionsKey) < absoluteTtl then redis.call('PEXPIREAT', sessionsKey, ms(absolute)) end
local over = redis.call('ZCARD', sessionsKey) - cap
local oldest = over > 0 and redis.call('ZRANGE', sessionsKey, 0, math.min(over, 100) - 1) or {}
return {'opened', ms(now), ms(idle), ms(absolute), redis.call('HGET', userKey, 'level'), oldest}
`

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
local tokenEnd = tonumber(ARGV[6])
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
if now >= tokenEnd + 60000 then return {'expired'} end
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

/** Ends one session, if it is this user's. Returns `{'ended'}` or `{'unknown'}`. Safe to repeat. */
export const REVOKE_SESSION = `#!lua flags=allow-key-locking
local sessionKey, sessionsKey = KEYS[1], KEYS[2]
local sid, uid = ARGV[1], ARGV[2]
${REVOKE}
local session = redis.call('HMGET', sessionKey, 'uid', 'st')
if session[1] ~= uid or session[2] ~= 'live' then return {'unknown'} end
revoke()
return {'ended'}
`

/**
 * Ends all sessions of an account, or all but one, in one step: no rotation that races with it
 * leaves a session behind.
 *
 * KEYS: account, its index, the session to keep. ARGV: user id, the id of the session to keep or ''.
 * Returns `{'done'}`.
 */
export const END_SESSIONS = `#!lua flags=allow-key-locking
local userKey, sessionsKey, sessionKey = KEYS[1], KEYS[2], KEYS[3]
local uid, kept = ARGV[1], ARGV[2]
${GENERATION}
${END_OTHERS}
if redis.call('EXISTS', userKey) == 1 then endOthers() end
return {'done'}
`

/**
 * Sets a password, if the account still has the one that was compared, and ends every session but
 * one in the same step: a refresh or a sign-in with the old password leaves nothing behind.
 *
 * KEYS and ARGV as {@link END_SESSIONS}, then the compared hash ('' for an operator, who compares
 * none) and the new one. Returns `{'done'}` or `{'refused'}`.
 */
export const CHANGE_PASSWORD = `#!lua flags=allow-key-locking
local userKey, sessionsKey, sessionKey = KEYS[1], KEYS[2], KEYS[3]
local uid, kept, compared, replacement = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
${GENERATION}
${END_OTHERS}
if redis.call('EXISTS', userKey) == 0 then return {'refused'} end
if compared ~= '' and redis.call('HGET', userKey, 'password') ~= compared then return {'refused'} end
endOthers()
redis.call('HSET', userKey, 'password', replacement)
return {'done'}
`

/**
 * Makes an account, unless there is one. KEYS: account. ARGV: field, value and so on. Returns
 * `{'added'}` or `{'exists'}`.
 */
export const ADD_ACCOUNT = `#!lua flags=allow-key-locking
local userKey = KEYS[1]
if redis.call('EXISTS', userKey) == 1 then return {'exists'} end
redis.call('HSET', userKey, unpack(ARGV))
return {'added'}
`

/** Sets an account's name, or removes it; never makes an account. Returns `{'done'}`. */
export const RENAME = `#!lua flags=allow-key-locking
local userKey, name = KEYS[1], ARGV[1]
if redis.call('EXISTS', userKey) == 0 then return {'done'} end
if name == '' then redis.call('HDEL', userKey, 'name') else redis.call('HSET', userKey, 'name', name) end
return {'done'}
`

/**
 * Sets an account's level, or disables or enables it, unless that would leave nobody who can.
 *
 * Disabling ends every session, so that enabling does not bring them back. To look for another
 * admin it reads accounts that it does not declare, and so locks the whole database on Upstash: it
 * runs seldom, and two admins must not demote each other at the same time.
 *
 * KEYS: account, its index. ARGV: level or '', disabled ('0', '1' or ''), the pattern of
 * account keys, the level of an admin. Returns `{'done' | 'unknown' | 'last-admin'}`.
 */
export const SET_RIGHTS = `
local userKey, sessionsKey = KEYS[1], KEYS[2]
local newLevel, newDisabled, pattern, adminLevel = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
${GENERATION}
local size = redis.pcall('HLEN', userKey)
if type(size) == 'table' or size == 0 then return {'unknown'} end
local function isAdmin(level, disabled, verified)
  local number = level and string.match(level, '^%d%d?%d?$') and tonumber(level) or 0
  local enabled = not disabled or disabled == '' or disabled == '0'
  local confirmed = not verified or verified == '1' or verified == 'true'
  return number >= adminLevel and enabled and confirmed
end
local function fieldsOf(key)
  local reply = redis.pcall('HMGET', key, 'level', 'disabled', 'emailVerified', 'password')
  if reply['err'] then return {} end
  return reply
end
local now = fieldsOf(userKey)
local level = newLevel ~= '' and newLevel or now[1]
local disabled = newDisabled ~= '' and newDisabled or now[2]
if isAdmin(now[1], now[2], now[3]) and not isAdmin(level, disabled, now[3]) then
  local cursor, another = '0', false
  repeat
    local reply = redis.call('SCAN', cursor, 'MATCH', pattern, 'COUNT', 1000)
    cursor = reply[1]
    for _, key in ipairs(reply[2]) do
      if key ~= userKey then
        local fields = fieldsOf(key)
        local canSignIn = fields[4] and fields[4] ~= ''
        another = another or (canSignIn and isAdmin(fields[1], fields[2], fields[3]))
      end
    end
  until another or cursor == '0'
  if not another then return {'last-admin'} end
end
if newLevel ~= '' then redis.call('HSET', userKey, 'level', newLevel) end
if newDisabled ~= '' then redis.call('HSET', userKey, 'disabled', newDisabled) end
if newDisabled == '1' then
  redis.call('HINCRBY', userKey, 'gen', 1)
  redis.call('DEL', sessionsKey)
end
return {'done'}
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

/**
 * The liveness reads again, but as a script that may write, so that a Global database runs it at the
 * primary: a session opened a moment ago may not have reached the replica that was asked first.
 */
export const LIVENESS_AT_PRIMARY = `#!lua flags=allow-key-locking
local sessionKey, userKey = KEYS[1], KEYS[2]
return {redis.call('HMGET', sessionKey, 'st', 'uid', 'gen'), redis.call('HMGET', userKey, 'level', 'disabled', 'emailVerified', 'gen')}
`

/**
 * Gives a counted request back, or clears the count; never below zero, where it would be a credit.
 *
 * KEYS: the window's counter. ARGV: `one` or `all`. Returns `{'done'}`.
 */
export const GIVE_BACK = `#!lua flags=allow-key-locking
local counter, amount = KEYS[1], ARGV[1]
if amount == 'all' then
  redis.call('DEL', counter)
elseif (tonumber(redis.call('GET', counter) or '0') or 0) > 0 then
  redis.call('DECR', counter)
end
return {'done'}
`

/**
 * Reads one page of a collection in the order of the ids' UTF-8 bytes. Read-only.
 *
 * SCAN runs to its end (its first page alone would miss items) and the page is kept sorted while it
 * runs; SCAN may name a key twice, the page does not. Keys that are no hashes, or no
 * UTF-8, are passed over: no URL could name them. Bytes are compared one by one because Lua's
 * `<` follows the server's locale.
 *
 * KEYS none. ARGV: prefix, the prefix as a glob pattern, the id to start after ('' for the start),
 * how many, then the fields. Returns `{more, {id, {values}}…}`.
 */
export const LIST_ITEMS = `
local prefix, pattern, after, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local byte = string.byte
local function less(a, b)
  local la, lb = #a, #b
  for i = 1, math.min(la, lb) do
    local x, y = byte(a, i), byte(b, i)
    if x ~= y then return x < y end
  end
  return la < lb
end
local page, size = {}, 0
local function place(id)
  if size > limit and not less(id, page[size]) then return end
  local low, high = 1, size + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if less(page[middle], id) then low = middle + 1 else high = middle end
  end
  if page[low] == id then return end
  table.insert(page, low, id)
  if size > limit then page[size + 1] = nil else size = size + 1 end
end
local function isText(id)
  if not string.find(id, '[\\128-\\255]') then return true end
  local rest = id
  for _, sequence in ipairs({
    '[\\194-\\223][\\128-\\191]', '\\224[\\160-\\191][\\128-\\191]',
    '[\\225-\\236\\238\\239][\\128-\\191][\\128-\\191]', '\\237[\\128-\\159][\\128-\\191]',
    '\\240[\\144-\\191][\\128-\\191][\\128-\\191]',
    '[\\241-\\243][\\128-\\191][\\128-\\191][\\128-\\191]', '\\244[\\128-\\143][\\128-\\191][\\128-\\191]',
  }) do rest = string.gsub(rest, sequence, ' ') end
  return not string.find(rest, '[\\128-\\255]')
end
local cursor = '0'
repeat
  local reply = redis.call('SCAN', cursor, 'MATCH', pattern, 'COUNT', 1000, 'TYPE', 'hash')
  cursor = reply[1]
  for _, key in ipairs(reply[2]) do
    local id = string.sub(key, #prefix + 1)
    if id ~= '' and (after == '' or less(after, id)) and isText(id) then place(id) end
  end
until cursor == '0'
local fields = {}
for i = 5, #ARGV do fields[#fields + 1] = ARGV[i] end
local answer = {size > limit and 1 or 0}
for i = 1, math.min(size, limit) do
  answer[#answer + 1] = {page[i], redis.call('HMGET', prefix .. page[i], unpack(fields))}
end
return answer
`

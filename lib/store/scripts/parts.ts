import { ADMIN_LEVEL } from '../../contract/access.ts'

/**
 * Lua that several scripts share. All Lua is in this folder, in a file for each use, so that a function
 * at the edge carries only the scripts that it calls. Every script names its KEYS and ARGV at the
 * top.
 *
 * `flags=allow-key-locking` is Upstash's own: without it a script locks the whole database, with it
 * a script locks the keys it declares and may touch no other. The local gateway strips the line.
 * Times are milliseconds of the store's clock, so an application clock that is off changes nothing.
 */

export const STORE_TIME = `local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)`

/** A revoked session stays for a day, so that the log can tell revoked from unknown. */
export const REVOKE = `local function revoke()
  if redis.call('HGET', sessionKey, 'st') ~= 'live' then return end
  redis.call('HSET', sessionKey, 'st', 'revoked')
  if redis.call('PTTL', sessionKey) > 86400000 then redis.call('PEXPIRE', sessionKey, 86400000) end
  redis.call('ZREM', sessionsKey, sid)
end`

/** An account that may hold a session: it exists, and `mayEnter` of `rules.ts` says the same. */
export const MAY_ENTER = `local function mayEnter()
  if redis.call('EXISTS', userKey) == 0 then return false end
  local user = redis.call('HMGET', userKey, 'disabled', 'emailVerified')
  local enabled = not user[1] or user[1] == '' or user[1] == '0'
  local verified = not user[2] or user[2] == '1' or user[2] == 'true'
  return enabled and verified
end`

/**
 * Whether an account waits for its address to be confirmed: `emailVerified` is there and is not yes, and
 * the level is 0. If an admin raised its level, only a new password opens it: whoever registered the
 * address first may be somebody else.
 */
export const WAITS = `local function unverified()
  local verified = redis.call('HGET', userKey, 'emailVerified')
  return verified and verified ~= '1' and verified ~= 'true'
end
local function enabled()
  local disabled = redis.call('HGET', userKey, 'disabled')
  return not disabled or disabled == '' or disabled == '0'
end
local function waits()
  return unverified() and enabled() and (redis.call('HGET', userKey, 'level') or '0') == '0'
end`

/**
 * A session belongs to the generation of its account's sessions in which it was opened. Raising the
 * account's number ends them all in one step, however many there are, without naming their keys.
 */
export const GENERATION = `local function generation()
  return redis.call('HGET', userKey, 'gen') or '0'
end
-- Where an account begins to count is nobody's guess: one that is deleted and made again does not
-- meet the sessions of the one before.
local function beginGeneration(write)
  local at = redis.call('TIME')
  redis.call(write, userKey, 'gen', string.format('%.0f', tonumber(at[1]) * 1000000 + tonumber(at[2])))
end
local function raiseGeneration()
  if string.match(generation(), '^[1-9]%d*$') then redis.call('HINCRBY', userKey, 'gen', 1)
  else beginGeneration('HSET') end
end`

/**
 * An account's opaque id: `u_` and random letters. It is what tokens, API keys and owners name, and a
 * random mark as well: an account that is deleted and typed again is another one.
 *
 * The caller gives the id that it has read (`''` for none) and a fresh one. An id that leads to another
 * address was copied with its record; an id of another form was typed. Both are replaced.
 */
export const IDENTIFY = `local function identify(knownKey, known, freshKey, fresh)
  local id = redis.call('HGET', userKey, 'id')
  if id and id ~= known and string.match(id, '^u_%w+$') then return id end
  local own = id and string.match(id, '^u_%w+$') and (redis.call('GET', knownKey) or uid) == uid
  if not own then
    id, knownKey = fresh, freshKey
    redis.call('HSET', userKey, 'id', id)
  end
  redis.call('SET', knownKey, uid)
  return id
end`

/** Notes an account in the index of accounts and, if it is one, in the set of admins. */
export const ENROL = `local function enrol()
  redis.call('ZADD', accountsKey, 0, uid)
  local level = redis.call('HGET', userKey, 'level') or ''
  if string.match(level, '^%d%d?%d?$') and tonumber(level) >= ${ADMIN_LEVEL} then redis.call('SADD', adminsKey, uid) end
end`

/**
 * API keys belong to the generation of their account's keys in which they were made: raising the
 * number ends them all in one step. Returns their ids, for the caller to delete the records.
 */
export const END_KEYS = `local function countKeys()
  return redis.call('ZCOUNT', keysKey, string.format('%.0f', now), '+inf')
end
local function endKeys()
  redis.call('HINCRBY', userKey, 'kgen', 1)
  local ids = redis.call('ZRANGE', keysKey, 0, -1)
  redis.call('DEL', keysKey)
  return ids
end`

/** Ends all sessions of an account but `kept`, by raising its generation. */
export const END_OTHERS = `local function endOthers()
  local before = generation()
  raiseGeneration()
  -- Read back as text: a Lua number of sixteen digits does not keep them all.
  local after = generation()
  local session = redis.call('HMGET', sessionKey, 'st', 'uid', 'gen', 'abs')
  local keeps = kept ~= '' and session[1] == 'live' and session[2] == accountId and (session[3] or '0') == before
  local idle = keeps and redis.call('ZSCORE', sessionsKey, kept)
  redis.call('DEL', sessionsKey)
  if keeps then redis.call('HSET', sessionKey, 'gen', after) end
  if idle then
    redis.call('ZADD', sessionsKey, idle, kept)
    redis.call('PEXPIREAT', sessionsKey, session[4])
  end
end`

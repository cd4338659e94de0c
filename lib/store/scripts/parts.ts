import { ADMIN_LEVEL } from '../../contract/access.ts'
import { ENTERS } from '../rules.ts'

/**
 * Lua functions that several scripts share, each a text for itself: a script carries those that it calls.
 * What a function works on is given to it; a test holds that no script speaks of a name that it does
 * not declare, and that it carries no function that it does not call.
 *
 * All Lua is in this folder, in a file for each use: the build of Next carries whole files, and routes have
 * little room. `@__PURE__` tells other bundlers that a definition does nothing by itself. Times are
 * milliseconds of the store's clock, so an application clock that is off changes nothing.
 */

/** Whether a field of an account says yes, by the table that `mayEnter` of `rules.ts` has too. */
export const ENTRY = `
local function isEnabled(disabled) return ${isAbsentOr(ENTERS.disabled, 'disabled')} end
local function isVerified(emailVerified) return ${isAbsentOr(ENTERS.emailVerified, 'emailVerified')} end`

function isAbsentOr(words: readonly string[], name: string): string {
  return [`not ${name}`, ...words.map((word) => `${name} == '${word}'`)].join(' or ')
}

/** An account that may hold a session: it exists, is enabled and has confirmed its address. Needs {@link ENTRY}. */
export const MAY_ENTER = `
local function mayEnter(userKey)
  if redis.call('EXISTS', userKey) == 0 then return false end
  local user = redis.call('HMGET', userKey, 'disabled', 'emailVerified')
  return isEnabled(user[1]) and isVerified(user[2])
end`

/**
 * Whether an account waits for its address to be confirmed: `emailVerified` is there and is not yes, and
 * the level is 0. If an admin raised its level, only a new password opens it: whoever registered the
 * address first may be somebody else. Needs {@link ENTRY}.
 */
export const WAITS = `
local function waits(userKey)
  local user = redis.call('HMGET', userKey, 'disabled', 'emailVerified', 'level')
  return not isVerified(user[2]) and isEnabled(user[1]) and (user[3] or '0') == '0'
end`

/** A revoked session stays for a day, so that the log can tell revoked from unknown. */
export const REVOKE = `
local function revoke(sessionKey, sessionsKey, sessionId)
  if redis.call('HGET', sessionKey, 'st') ~= 'live' then return end
  redis.call('HSET', sessionKey, 'st', 'revoked')
  if redis.call('PTTL', sessionKey) > 86400000 then redis.call('PEXPIRE', sessionKey, 86400000) end
  redis.call('ZREM', sessionsKey, sessionId)
end`

/** The generation of its account's sessions in which a session was opened. */
export const GENERATION = `
local function generation(userKey)
  return redis.call('HGET', userKey, 'gen') or '0'
end`

/**
 * Where an account begins to count is nobody's guess: one that is deleted and made again does not meet
 * the sessions of the one before. `write` is `HSET` or `HSETNX`.
 */
export const BEGIN_GENERATION = `
local function beginGeneration(userKey, write)
  local at = redis.call('TIME')
  redis.call(write, userKey, 'gen', string.format('%.0f', tonumber(at[1]) * 1000000 + tonumber(at[2])))
end`

/**
 * Ends all sessions of an account in one step, however many there are, without naming their keys. Needs
 * {@link GENERATION} and {@link BEGIN_GENERATION}.
 */
export const RAISE_GENERATION = `
local function raiseGeneration(userKey)
  if string.match(generation(userKey), '^[1-9]%d*$') then redis.call('HINCRBY', userKey, 'gen', 1)
  else beginGeneration(userKey, 'HSET') end
end`

/**
 * Ends all sessions of an account but `kept` (`''` for none), by raising its generation. Needs
 * {@link RAISE_GENERATION}.
 */
export const END_OTHERS = `
local function endOthers(userKey, sessionsKey, sessionKey, accountId, kept)
  local before = generation(userKey)
  raiseGeneration(userKey)
  -- Read back as text: a Lua number of sixteen digits does not keep them all.
  local after = generation(userKey)
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

/**
 * Uses up a code of TOTP: a step that was accepted, and those before it, are accepted no more (RFC 6238
 * §5.2), and a recovery code works once. `step` is `''` for a recovery code, `recovery` for a step.
 */
export const SPEND_CODE = `
local function spendCode(totpKey, step, recovery)
  if recovery ~= '' then return redis.call('HDEL', totpKey, recovery) == 1 end
  if (tonumber(redis.call('HGET', totpKey, 'step') or '') or -1) >= tonumber(step) then return false end
  redis.call('HSET', totpKey, 'step', step)
  return true
end`

/**
 * Notes in an entry of an account's passkeys that it was used. Returns 1 where its sign count is not larger
 * than before, else 0 (authenticators that do not count say 0 each time); nil where there is no such passkey.
 */
export const USE_PASSKEY = `
local function usePasskey(passkeysKey, passkeyId, signCount, isBackedUp, now)
  local entry = redis.call('HGET', passkeysKey, passkeyId)
  if not entry then return nil end
  local passkey = cjson.decode(entry)
  local fell = (signCount > 0 or passkey.signCount > 0) and signCount <= passkey.signCount
  passkey.signCount, passkey.isBackedUp, passkey.usedAt = signCount, isBackedUp, now
  redis.call('HSET', passkeysKey, passkeyId, cjson.encode(passkey))
  return fell and 1 or 0
end`

/** How many API keys of an account have not ended. */
export const COUNT_KEYS = `
local function countKeys(keysKey, now)
  return redis.call('ZCOUNT', keysKey, string.format('%.0f', now), '+inf')
end`

/**
 * API keys belong to the generation of their account's keys in which they were made: raising the
 * number ends them all in one step. Returns their ids, for the caller to delete the records.
 */
export const END_KEYS = `
local function endKeys(userKey, keysKey)
  redis.call('HINCRBY', userKey, 'kgen', 1)
  local ids = redis.call('ZRANGE', keysKey, 0, -1)
  redis.call('DEL', keysKey)
  return ids
end`

/**
 * An account's opaque id: `u_` and random letters. It is what tokens, API keys and owners name, and a
 * random mark as well: an account that is deleted and typed again is another one.
 *
 * The caller gives the id that it has read (`''` for none) and a fresh one, with the keys that lead
 * back from them. An id that leads to another address was copied with its record; an id of another
 * form was typed. Both are replaced.
 */
export const IDENTIFY = `
local function identify(userKey, address, knownKey, known, freshKey, fresh)
  local id = redis.call('HGET', userKey, 'id')
  if id and id ~= known and string.match(id, '^u_%w+$') then return id end
  local own = id and string.match(id, '^u_%w+$') and (redis.call('GET', knownKey) or address) == address
  if not own then
    id, knownKey = fresh, freshKey
    redis.call('HSET', userKey, 'id', id)
  end
  redis.call('SET', knownKey, address)
  return id
end`

/** Whether an account of this level manages accounts. */
export const IS_ADMIN = `
local function isAdminLevel(level)
  return level and string.match(level, '^%d%d?%d?$') and tonumber(level) >= ${ADMIN_LEVEL}
end`

/** Notes an account in the index of accounts and, if it is one, in the set of admins. Needs {@link IS_ADMIN}. */
export const ENROL = `
local function enrol(userKey, address, accountsKey, adminsKey)
  redis.call('ZADD', accountsKey, 0, address)
  if isAdminLevel(redis.call('HGET', userKey, 'level')) then redis.call('SADD', adminsKey, address) end
end`

/**
 * How many ways an account has to sign in: a password, each passkey, each identity of a provider. Who takes
 * one away counts in the same step, so that two who do it at once do not take the last one.
 */
export const WAYS_IN = `
local function waysIn(userKey, passkeysKey, identitiesKey)
  local password = redis.call('HGET', userKey, 'password')
  local ways = password and password ~= '' and 1 or 0
  return ways + redis.call('HLEN', passkeysKey) + redis.call('HLEN', identitiesKey)
end`

import { ADMIN_LEVEL } from '../../contract/access.ts'
import { keys } from '../keys.ts'
import { END_KEYS, ENROL, GENERATION, STORE_TIME, WAITS } from './parts.ts'

/**
 * Makes an account, verified, unless there is one. One that waits for its address to be confirmed is
 * replaced, and so are its registrations: whoever registered the address may be somebody else.
 *
 * KEYS: account, `uid:` of its id, the address's registrations, accounts, admins, the sessions, API
 * keys and networks of the address. ARGV: address, id, password hash, level. Returns `{'added'}` or
 * `{'exists'}`.
 */
export const ADD_ACCOUNT = `#!lua flags=allow-key-locking
local userKey, idKey, listKey, accountsKey, adminsKey = unpack(KEYS)
local uid, accountId, hash, level = unpack(ARGV)
${STORE_TIME}
${WAITS}
${ENROL}
if redis.call('EXISTS', userKey) == 1 and not waits() then return {'exists'} end
redis.call('DEL', userKey, listKey, KEYS[6], KEYS[7], KEYS[8])
redis.call('HSET', userKey, 'id', accountId, 'password', hash, 'level', level, 'emailVerified', '1',
  'createdAt', string.format('%.0f', now))
redis.call('SET', idKey, uid)
enrol()
return {'added'}
`

/**
 * Whether somebody else is left who can manage accounts. In a small keyspace SCAN finds admins that
 * were typed by hand; elsewhere the set of admins names them, and each is looked at.
 */
const ANOTHER_ADMIN = `local function isAdmin(level, disabled, verified)
  local number = level and string.match(level, '^%d%d?%d?$') and tonumber(level) or 0
  local enabled = not disabled or disabled == '' or disabled == '0'
  local confirmed = not verified or verified == '1' or verified == 'true'
  return number >= ${ADMIN_LEVEL} and enabled and confirmed
end
local function fieldsOf(key)
  local reply = redis.pcall('HMGET', key, 'level', 'disabled', 'emailVerified', 'password')
  if reply['err'] then return {} end
  return reply
end
local function anotherAdmin()
  local function isAnother(key)
    if key == userKey then return false end
    local fields = fieldsOf(key)
    return fields[4] and fields[4] ~= '' and isAdmin(fields[1], fields[2], fields[3])
  end
  for _, address in ipairs(redis.call('SMEMBERS', adminsKey)) do
    if isAnother('${keys.user('')}' .. address) then return true end
  end
  if redis.call('DBSIZE') > 10000 then return false end
  local cursor = '0'
  repeat
    local reply = redis.call('SCAN', cursor, 'MATCH', '${keys.user('*')}', 'COUNT', 1000)
    cursor = reply[1]
    for _, key in ipairs(reply[2]) do
      if isAnother(key) then return true end
    end
  until cursor == '0'
  return false
end`

/**
 * Sets an account's level, or disables or enables it, unless that would leave nobody who can.
 *
 * Disabling ends every session and every API key, so that enabling does not bring them back. Enabling
 * clears the failed sign-ins. To find another admin the script reads accounts that it does not declare,
 * and so it locks the whole database on Upstash. It runs seldom and reads only admins, and the lock
 * keeps two admins from demoting each other at the same time.
 *
 * KEYS: account, its sessions, its API keys, admins. ARGV: address, level or '', disabled ('0', '1' or
 * ''). Returns `{'done', ids of API keys that ended} | {'unknown'} | {'last-admin'}`.
 */
export const SET_RIGHTS = `
local userKey, sessionsKey, keysKey, adminsKey = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local uid, newLevel, newDisabled = ARGV[1], ARGV[2], ARGV[3]
${STORE_TIME}
${GENERATION}
${END_KEYS}
${ANOTHER_ADMIN}
local size = redis.pcall('HLEN', userKey)
if type(size) == 'table' or size == 0 then return {'unknown'} end
local before = fieldsOf(userKey)
local level = newLevel ~= '' and newLevel or before[1]
local disabled = newDisabled ~= '' and newDisabled or before[2]
local remains = isAdmin(level, disabled, before[3])
if isAdmin(before[1], before[2], before[3]) and not remains and not anotherAdmin() then
  return {'last-admin'}
end
if newLevel ~= '' then redis.call('HSET', userKey, 'level', newLevel) end
if newDisabled ~= '' then redis.call('HSET', userKey, 'disabled', newDisabled) end
if newDisabled == '0' then redis.call('HSET', userKey, 'unlockedAt', string.format('%.0f', now)) end
redis.call(remains and 'SADD' or 'SREM', adminsKey, uid)
local ended = {}
if newDisabled == '1' then
  raiseGeneration()
  redis.call('DEL', sessionsKey)
  redis.call('HDEL', userKey, 'reset')
  ended = endKeys()
end
return {'done', ended}
`

/**
 * Deletes an account and what leads to it, unless that would leave nobody who manages accounts. Its
 * sessions and API keys open nothing from then on; the caller deletes their records.
 *
 * KEYS: account, its sessions, its API keys, admins, `uid:` of its id, accounts, its networks, its
 * registrations, `once:` of its newest reset token. ARGV: address, account id or ''. Returns
 * `{'done', {session ids}, {API key ids}} | {'unknown'} | {'last-admin'}`.
 */
export const DELETE_ACCOUNT = `
local userKey, sessionsKey, keysKey, adminsKey = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local uid, accountId = ARGV[1], ARGV[2]
${ANOTHER_ADMIN}
local size = redis.pcall('HLEN', userKey)
if type(size) == 'table' or size == 0 then return {'unknown'} end
-- Another account may have been made under the address since it was read.
if (redis.call('HGET', userKey, 'id') or '') ~= accountId then return {'unknown'} end
local before = fieldsOf(userKey)
if isAdmin(before[1], before[2], before[3]) and not anotherAdmin() then return {'last-admin'} end
local sessions, apiKeys = redis.call('ZRANGE', sessionsKey, 0, -1), redis.call('ZRANGE', keysKey, 0, -1)
redis.call('SREM', adminsKey, uid)
redis.call('ZREM', KEYS[6], uid)
redis.call('DEL', userKey, sessionsKey, keysKey, KEYS[5], KEYS[7], KEYS[8], KEYS[9])
return {'done', sessions, apiKeys}
`

/**
 * Confirms the address of an account, or clears its failed sign-ins: they count anew from now on.
 * KEYS: account. ARGV: `verify` or `unlock`. Returns `{'done'}` or `{'unknown'}`.
 */
export const RELEASE_ACCOUNT = `#!lua flags=allow-key-locking
${STORE_TIME}
if redis.call('EXISTS', KEYS[1]) == 0 then return {'unknown'} end
if ARGV[1] == 'verify' then redis.call('HSET', KEYS[1], 'emailVerified', '1')
else redis.call('HSET', KEYS[1], 'unlockedAt', string.format('%.0f', now)) end
return {'done'}
`

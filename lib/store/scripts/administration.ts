import { GENERATION } from './parts.ts'

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
  raiseGeneration()
  redis.call('DEL', sessionsKey)
  redis.call('HDEL', userKey, 'reset', 'verify')
end
return {'done'}
`

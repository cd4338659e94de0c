import { keys } from '../keys.ts'
import { ENTRY, IS_ADMIN, WAYS_IN } from './parts.ts'

/**
 * Whether an account manages accounts, and whether another one is left that does, and has a way to sign in. In
 * a small keyspace SCAN finds admins that were typed by hand; elsewhere the set of admins names them, and
 * each is looked at.
 */
export const ANOTHER_ADMIN = `${ENTRY}${IS_ADMIN}${WAYS_IN}
local function isAdmin(level, disabled, verified)
  return isAdminLevel(level) and isEnabled(disabled) and isVerified(verified)
end
local function fieldsOf(key)
  local reply = redis.pcall('HMGET', key, 'level', 'disabled', 'emailVerified', 'id')
  if reply['err'] then return {} end
  return reply
end
local function anotherAdmin(userKey, adminsKey)
  local function isAnother(key)
    if key == userKey then return false end
    local fields = fieldsOf(key)
    if not isAdmin(fields[1], fields[2], fields[3]) then return false end
    local id = fields[4] or ''
    return waysIn(key, '${keys.passkeysOf('')}' .. id, '${keys.identitiesOf('')}' .. id) > 0
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

import { ADMIN_LEVEL } from '../../contract/access.ts'
import { STORE_TIME } from './parts.ts'

/**
 * Makes the caller the one healer of the index of accounts, if none is at work and the last has been
 * done for long enough. KEYS: healer, when the last one ended. ARGV: the caller's name, milliseconds
 * it may be silent, rest in milliseconds. Returns `{1}` or `{0}`.
 */
export const BEGIN_ACCOUNTS = `#!lua flags=allow-key-locking
${STORE_TIME}
local at = tonumber(redis.call('GET', KEYS[2]) or '')
if at and now - at < tonumber(ARGV[3]) then return {0} end
return {redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0}
`

/**
 * Notes that the healer is at work, or has ended. KEYS: as above. ARGV: the caller's name, milliseconds
 * it may be silent, `1` at the end. Returns `{1}`, or `{0}` when another has taken over.
 */
export const KEEP_ACCOUNTS = `#!lua flags=allow-key-locking
${STORE_TIME}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {0} end
if ARGV[3] == '1' then
  redis.call('SET', KEYS[2], string.format('%.0f', now))
  redis.call('DEL', KEYS[1])
else
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return {1}
`

/**
 * Brings some accounts into the index and the set of admins, or takes out those that are gone. KEYS:
 * index, admins, then the accounts. ARGV: their addresses. Returns `{how many changed}`.
 */
export const ENROL_ACCOUNTS = `#!lua flags=allow-key-locking
local changed = 0
for i, address in ipairs(ARGV) do
  local level = redis.pcall('HGET', KEYS[2 + i], 'level')
  local there = type(level) ~= 'table' and redis.call('EXISTS', KEYS[2 + i]) == 1
  if there then changed = changed + redis.call('ZADD', KEYS[1], 0, address)
  else changed = changed + redis.call('ZREM', KEYS[1], address) end
  local isAdmin = there and level and string.match(level, '^%d%d?%d?$') and tonumber(level) >= ${ADMIN_LEVEL}
  redis.call(isAdmin and 'SADD' or 'SREM', KEYS[2], address)
end
return {changed}
`

import { words } from '../client/reply.ts'
import { script } from '../client/script.ts'
import { keys } from '../keys.ts'
import {
  BEGIN_GENERATION,
  CLOCK,
  END_KEYS,
  ENROL,
  ENTRY,
  GENERATION,
  IS_ADMIN,
  RAISE_GENERATION,
  WAITS,
  WHOLE,
} from './parts.ts'

/**
 * Makes an account, verified, unless there is one. One that waits for its address to be confirmed is
 * replaced, and so are its registrations: whoever registered the address may be somebody else.
 */
export const ADD_ACCOUNT = /* @__PURE__ */ script({
  name: 'add account',
  keys: [
    'userKey',
    'idKey',
    'registrationsKey',
    'accountsKey',
    'adminsKey',
    'sessionsKey',
    'keysKey',
    'devicesKey',
  ],
  args: ['address', 'accountId', 'hash', 'level'],
  lua: `${CLOCK}${WHOLE}${ENTRY}${WAITS}${IS_ADMIN}${ENROL}
if redis.call('EXISTS', userKey) == 1 and not waits(userKey) then return {'exists'} end
redis.call('DEL', userKey, registrationsKey, sessionsKey, keysKey, devicesKey)
redis.call('HSET', userKey, 'id', accountId, 'password', hash, 'level', level, 'emailVerified', '1',
  'createdAt', whole(clock()))
redis.call('SET', idKey, address)
enrol(userKey, address, accountsKey, adminsKey)
return {'added'}
`,
  outcomes: { added: {}, exists: {} },
})

/**
 * Whether an account manages accounts, and whether another one is left that does. In a small keyspace
 * SCAN finds admins that were typed by hand; elsewhere the set of admins names them, and each is looked at.
 */
const ANOTHER_ADMIN = `${ENTRY}${IS_ADMIN}
local function isAdmin(level, disabled, verified)
  return isAdminLevel(level) and isEnabled(disabled) and isVerified(verified)
end
local function fieldsOf(key)
  local reply = redis.pcall('HMGET', key, 'level', 'disabled', 'emailVerified', 'password')
  if reply['err'] then return {} end
  return reply
end
local function anotherAdmin(userKey, adminsKey)
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
 * Sets an account's level or plan, or disables or enables it, unless that would leave nobody who can. `''`
 * leaves each as it is.
 *
 * Disabling ends every session and every API key, so that enabling does not bring them back. Enabling
 * clears the failed sign-ins. To find another admin the script reads accounts that it does not declare,
 * and so it locks the whole database on Upstash. It runs seldom and reads only admins, and the lock
 * keeps two admins from demoting each other at the same time.
 */
export const SET_RIGHTS = /* @__PURE__ */ script({
  name: 'set rights',
  locks: 'database',
  keys: ['userKey', 'sessionsKey', 'keysKey', 'adminsKey'],
  args: ['address', 'newLevel', 'newPlan', 'newDisabled'],
  lua: `${CLOCK}${WHOLE}${GENERATION}${BEGIN_GENERATION}${RAISE_GENERATION}${END_KEYS}${ANOTHER_ADMIN}
local size = redis.pcall('HLEN', userKey)
if type(size) == 'table' or size == 0 then return {'unknown'} end
local before = fieldsOf(userKey)
local level = newLevel ~= '' and newLevel or before[1]
local disabled = newDisabled ~= '' and newDisabled or before[2]
local remains = isAdmin(level, disabled, before[3])
if isAdmin(before[1], before[2], before[3]) and not remains and not anotherAdmin(userKey, adminsKey) then
  return {'last-admin'}
end
if newLevel ~= '' then redis.call('HSET', userKey, 'level', newLevel) end
if newPlan ~= '' then redis.call('HSET', userKey, 'plan', newPlan) end
if newDisabled ~= '' then redis.call('HSET', userKey, 'disabled', newDisabled) end
if newDisabled == '0' then redis.call('HSET', userKey, 'unlockedAt', whole(clock())) end
redis.call(remains and 'SADD' or 'SREM', adminsKey, address)
local ended = {}
if newDisabled == '1' then
  raiseGeneration(userKey)
  redis.call('DEL', sessionsKey)
  redis.call('HDEL', userKey, 'reset')
  ended = endKeys(userKey, keysKey)
end
return {'done', ended}
`,
  outcomes: { done: { endedKeys: words }, unknown: {}, 'last-admin': {} },
})

/**
 * Deletes an account and what leads to it, unless that would leave nobody who manages accounts. Its
 * sessions and API keys open nothing from then on; the caller deletes their records. `accountId` is `''`
 * for an account without an id, `resetKey` is `once:` of its newest reset token.
 */
export const DELETE_ACCOUNT = /* @__PURE__ */ script({
  name: 'delete account',
  locks: 'database',
  keys: [
    'userKey',
    'sessionsKey',
    'keysKey',
    'adminsKey',
    'idKey',
    'accountsKey',
    'devicesKey',
    'registrationsKey',
    'resetKey',
  ],
  args: ['address', 'accountId'],
  lua: `${ANOTHER_ADMIN}
local size = redis.pcall('HLEN', userKey)
if type(size) == 'table' or size == 0 then return {'unknown'} end
-- Another account may have been made under the address since it was read.
if (redis.call('HGET', userKey, 'id') or '') ~= accountId then return {'unknown'} end
local before = fieldsOf(userKey)
if isAdmin(before[1], before[2], before[3]) and not anotherAdmin(userKey, adminsKey) then
  return {'last-admin'}
end
local sessions, apiKeys = redis.call('ZRANGE', sessionsKey, 0, -1), redis.call('ZRANGE', keysKey, 0, -1)
redis.call('SREM', adminsKey, address)
redis.call('ZREM', accountsKey, address)
redis.call('DEL', userKey, sessionsKey, keysKey, idKey, devicesKey, registrationsKey, resetKey)
return {'done', sessions, apiKeys}
`,
  outcomes: { done: { sessionIds: words, keyIds: words }, unknown: {}, 'last-admin': {} },
})

/**
 * Confirms the address of an account (`verify`), or clears its failed sign-ins (`unlock`): they count anew
 * from now on.
 */
export const RELEASE_ACCOUNT = /* @__PURE__ */ script({
  name: 'release account',
  keys: ['userKey'],
  args: ['what'],
  lua: `${CLOCK}${WHOLE}
if redis.call('EXISTS', userKey) == 0 then return {'unknown'} end
if what == 'verify' then redis.call('HSET', userKey, 'emailVerified', '1')
else redis.call('HSET', userKey, 'unlockedAt', whole(clock())) end
return {'done'}
`,
  outcomes: { done: {}, unknown: {} },
})

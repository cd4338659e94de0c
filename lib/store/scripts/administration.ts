import { flag, words } from '../client/reply.ts'
import { script } from '../client/script.ts'
import { ANOTHER_ADMIN } from './another-admin.ts'
import {
  BEGIN_GENERATION,
  END_KEYS,
  ENROL,
  ENTRY,
  GENERATION,
  IS_ADMIN,
  RAISE_GENERATION,
  WAITS,
} from './parts.ts'
import { CLOCK, WHOLE } from './time.ts'

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
 * Sets an account's level or plan, disables or enables it, and takes its TOTP away, unless that would leave nobody
 * who can. `''` leaves level, plan and disablement as they are.
 *
 * Disabling ends every session and every API key, so that enabling does not bring them back. Enabling
 * clears the failed sign-ins. To find another admin the script reads accounts that it does not declare,
 * and so it locks the whole database on Upstash. It runs seldom and reads only admins, and the lock
 * keeps two admins from demoting each other at the same time.
 */
export const SET_RIGHTS = /* @__PURE__ */ script({
  name: 'set rights',
  locks: 'database',
  keys: ['userKey', 'sessionsKey', 'keysKey', 'adminsKey', 'totpKey'],
  args: ['address', 'accountId', 'newLevel', 'newPlan', 'newDisabled', 'endsTotp: boolean'],
  lua: `${CLOCK}${WHOLE}${GENERATION}${BEGIN_GENERATION}${RAISE_GENERATION}${END_KEYS}${ANOTHER_ADMIN}
local size = redis.pcall('HLEN', userKey)
if type(size) == 'table' or size == 0 then return {'unknown'} end
-- Another account may have been made under the address since it was read.
if endsTotp and (redis.call('HGET', userKey, 'id') or '') ~= accountId then return {'unknown'} end
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
local hadTotp = 0
if endsTotp then
  hadTotp = redis.call('HDEL', userKey, 'totp')
  redis.call('DEL', totpKey)
end
return {'done', ended, hadTotp}
`,
  outcomes: { done: { endedKeys: words, endedTotp: flag }, unknown: {}, 'last-admin': {} },
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

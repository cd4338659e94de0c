import { flag, integer } from '../client/reply.ts'
import { script } from '../client/script.ts'
import { IS_ADMIN } from './parts.ts'
import { CLOCK, WHOLE } from './time.ts'

/**
 * Makes the caller the one healer of the index of accounts, if none is at work and the last has been
 * done for long enough. `healerTtl` is how many milliseconds it may be silent.
 */
export const BEGIN_ACCOUNTS = /* @__PURE__ */ script({
  name: 'begin accounts',
  keys: ['healerKey', 'healedKey'],
  args: ['healer', 'healerTtl', 'rest: number'],
  lua: `${CLOCK}
local at = tonumber(redis.call('GET', healedKey) or '')
if at and clock() - at < rest then return {'answered', 0} end
return {'answered', redis.call('SET', healerKey, healer, 'NX', 'PX', healerTtl) and 1 or 0}
`,
  outcomes: { answered: { begun: flag } },
})

/** Notes that the healer is at work, or has ended; not kept when another has taken over. */
export const KEEP_ACCOUNTS = /* @__PURE__ */ script({
  name: 'keep accounts',
  keys: ['healerKey', 'healedKey'],
  args: ['healer', 'healerTtl', 'ended: boolean'],
  lua: `${CLOCK}${WHOLE}
if redis.call('GET', healerKey) ~= healer then return {'answered', 0} end
if ended then
  redis.call('SET', healedKey, whole(clock()))
  redis.call('DEL', healerKey)
else
  redis.call('PEXPIRE', healerKey, healerTtl)
end
return {'answered', 1}
`,
  outcomes: { answered: { kept: flag } },
})

/** Brings some accounts into the index and the set of admins, or takes out those that are gone. */
export const ENROL_ACCOUNTS = /* @__PURE__ */ script({
  name: 'enrol accounts',
  keys: ['accountsKey', 'adminsKey', '...userKeys'],
  args: ['...addresses'],
  lua: `${IS_ADMIN}
local changed = 0
for i, address in ipairs(addresses) do
  local level = redis.pcall('HGET', userKeys[i], 'level')
  local there = type(level) ~= 'table' and redis.call('EXISTS', userKeys[i]) == 1
  if there then changed = changed + redis.call('ZADD', accountsKey, 0, address)
  else changed = changed + redis.call('ZREM', accountsKey, address) end
  local isAdmin = there and isAdminLevel(level)
  redis.call(isAdmin and 'SADD' or 'SREM', adminsKey, address)
end
return {'done', changed}
`,
  outcomes: { done: { changed: integer } },
})

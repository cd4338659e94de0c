import { flag, word } from '../client/reply.ts'
import { readScript, script } from '../client/script.ts'
import { ENROL, ENTRY, IS_ADMIN, WAITS } from './parts.ts'
import { CLOCK, WHOLE } from './time.ts'

/**
 * Reads a registration whose link may be followed: once one link of an address is, the others are void,
 * and no password is hashed for them. `registrationsPrefix` is that of every address's registrations.
 */
export const READ_REGISTRATION = /* @__PURE__ */ readScript({
  name: 'read registration',
  locks: 'database',
  keys: ['registrationKey'],
  args: ['registrationsPrefix', 'tokenHash'],
  lua: `
local kept = redis.call('HMGET', registrationKey, 'user', 'password')
if not kept[1] then return {'unknown'} end
if redis.call('SISMEMBER', registrationsPrefix .. kept[1], tokenHash) == 0 then return {'unknown'} end
return {'found', kept[1], kept[2] and 1 or 0}
`,
  outcomes: { found: { userId: word, hasPassword: flag }, unknown: {} },
})

/**
 * Writes the account of a registration whose link was followed, once, and ends all other
 * registrations of the address. An account that waited for the same address goes, with its password,
 * its sessions and its API keys: it may be somebody else's. A registration that is refused goes as
 * well: tried again, its link would cost a hash each time.
 *
 * `chosen` is a password's hash, `''` for that of the registration; `idKey` is `uid:` of the new id.
 */
export const CONFIRM_REGISTRATION = /* @__PURE__ */ script({
  name: 'confirm registration',
  keys: [
    'userKey',
    'registrationKey',
    'registrationsKey',
    'idKey',
    'accountsKey',
    'adminsKey',
    'sessionsKey',
    'keysKey',
    'devicesKey',
  ],
  args: ['address', 'tokenHash', 'chosen', 'accountId'],
  lua: `${CLOCK}${WHOLE}${ENTRY}${WAITS}${IS_ADMIN}${ENROL}
local kept = redis.call('HMGET', registrationKey, 'user', 'password')
if kept[1] ~= address or redis.call('SISMEMBER', registrationsKey, tokenHash) == 0 then
  redis.call('DEL', registrationKey)
  return {'refused'}
end
local password = chosen ~= '' and chosen or kept[2]
if not password then return {'refused'} end
if redis.call('EXISTS', userKey) == 1 and not waits(userKey) then
  redis.call('DEL', registrationKey)
  redis.call('SREM', registrationsKey, tokenHash)
  return {'refused'}
end
redis.call('DEL', userKey, registrationKey, registrationsKey, sessionsKey, keysKey, devicesKey)
redis.call('HSET', userKey, 'id', accountId, 'password', password, 'level', '0', 'emailVerified', '1',
  'createdAt', whole(clock()))
redis.call('SET', idKey, address)
enrol(userKey, address, accountsKey, adminsKey)
return {'done'}
`,
  outcomes: { done: {}, refused: {} },
})

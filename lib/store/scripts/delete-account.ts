import { words } from '../client/reply.ts'
import { script } from '../client/script.ts'
import { ANOTHER_ADMIN } from './another-admin.ts'
import { PASSKEY_RECORDS } from './passkey-records.ts'

/**
 * Deletes an account and what leads to it, unless that would leave nobody who manages accounts. Nothing of it
 * opens anything from then on: the caller deletes the records of its sessions, its API keys, its passkeys
 * and its registrations. `accountId` is `''` for an account without an id, `resetKey` is `once:` of its newest
 * reset token, `identityPrefix` is that of all identities.
 *
 * It looks at other admins and at the identities that the account names, which it does not declare.
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
    'identitiesKey',
    'passkeysKey',
    'totpKey',
  ],
  args: ['address', 'accountId', 'identityPrefix'],
  lua: `${ANOTHER_ADMIN}${PASSKEY_RECORDS}
local size = redis.pcall('HLEN', userKey)
if type(size) == 'table' or size == 0 then return {'unknown'} end
-- Another account may have been made under the address since it was read.
if (redis.call('HGET', userKey, 'id') or '') ~= accountId then return {'unknown'} end
local before = fieldsOf(userKey)
if isAdmin(before[1], before[2], before[3]) and not anotherAdmin(userKey, adminsKey) then
  return {'last-admin'}
end
local sessions, apiKeys = redis.call('ZRANGE', sessionsKey, 0, -1), redis.call('ZRANGE', keysKey, 0, -1)
local registrations, passkeys = redis.call('SMEMBERS', registrationsKey), {}
-- An id that leads to another address was copied with its record: what it names is that account's.
if accountId ~= '' and (redis.call('GET', idKey) or address) == address then
  for _, details in ipairs(redis.call('HVALS', identitiesKey)) do
    local isJson, identity = pcall(cjson.decode, details)
    if isJson and type(identity) == 'table' and type(identity.hash) == 'string' then
      local identityKey = identityPrefix .. tostring(identity.provider) .. ':' .. identity.hash
      if redis.call('HGET', identityKey, 'uid') == accountId then redis.call('DEL', identityKey) end
    end
  end
  passkeys = passkeyRecords(passkeysKey)
  redis.call('DEL', idKey, identitiesKey, passkeysKey, totpKey)
end
redis.call('SREM', adminsKey, address)
redis.call('ZREM', accountsKey, address)
redis.call('DEL', userKey, sessionsKey, keysKey, devicesKey, registrationsKey, resetKey)
return {'done', sessions, apiKeys, registrations, passkeys}
`,
  outcomes: {
    done: { sessionIds: words, keyIds: words, registrations: words, passkeyHashes: words },
    unknown: {},
    'last-admin': {},
  },
})

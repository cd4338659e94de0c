import { ENROL, MAY_ENTER, STORE_TIME, WAITS } from './parts.ts'

/**
 * Keeps a registration until its link is followed: the address and the password that came with it,
 * under the hash of the link's token. The account is not touched: registering an address again does not
 * change an earlier registration.
 *
 * KEYS: account, registration, the address's registrations. ARGV: address, password hash, token hash,
 * lifetime in ms. Returns `{'registered'}`, `{'exists'}` for an account that may sign in, or
 * `{'refused'}`.
 */
export const REGISTER = `#!lua flags=allow-key-locking
local userKey, registrationKey, listKey = KEYS[1], KEYS[2], KEYS[3]
local uid, passwordHash, tokenHash, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
${MAY_ENTER}
${WAITS}
if redis.call('EXISTS', userKey) == 1 then
  if mayEnter() then return {'exists'} end
  if not waits() then return {'refused'} end
end
redis.call('HSET', registrationKey, 'user', uid, 'password', passwordHash)
redis.call('PEXPIRE', registrationKey, ttl)
redis.call('SADD', listKey, tokenHash)
redis.call('PEXPIRE', listKey, ttl)
return {'registered'}
`

/**
 * Reads a registration whose link may be followed: once one link of an address is, the others are void,
 * and no password is hashed for them. Read-only.
 *
 * KEYS: registration. ARGV: the prefix of an address's registrations, token hash. Returns
 * `{address, 1 if it has a password}` or `{}`.
 */
export const READ_REGISTRATION = `
local kept = redis.call('HMGET', KEYS[1], 'user', 'password')
if not kept[1] or redis.call('SISMEMBER', ARGV[1] .. kept[1], ARGV[2]) == 0 then return {} end
return {kept[1], kept[2] and 1 or 0}
`

/**
 * Writes the account of a registration whose link was followed, once, and ends all other
 * registrations of the address. An account that waited for the same address goes, with its password,
 * its sessions and its API keys: it may be somebody else's. A registration that is refused goes as
 * well: tried again, its link would cost a hash each time.
 *
 * KEYS: account, registration, the address's registrations, `uid:` of the new id, accounts, admins,
 * the account's sessions, API keys and networks. ARGV: address, token hash, password hash ('' for that of the
 * registration), the new id. Returns `{'done'}` or `{'refused'}`.
 */
export const CONFIRM_REGISTRATION = `#!lua flags=allow-key-locking
local userKey, registrationKey, listKey, idKey, accountsKey, adminsKey = unpack(KEYS)
local uid, tokenHash, chosen, accountId = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
${STORE_TIME}
${WAITS}
${ENROL}
local kept = redis.call('HMGET', registrationKey, 'user', 'password')
if kept[1] ~= uid or redis.call('SISMEMBER', listKey, tokenHash) == 0 then
  redis.call('DEL', registrationKey)
  return {'refused'}
end
local password = chosen ~= '' and chosen or kept[2]
if not password then return {'refused'} end
if redis.call('EXISTS', userKey) == 1 and not waits() then
  redis.call('DEL', registrationKey)
  redis.call('SREM', listKey, tokenHash)
  return {'refused'}
end
redis.call('DEL', userKey, registrationKey, listKey, KEYS[7], KEYS[8], KEYS[9])
redis.call('HSET', userKey, 'id', accountId, 'password', password, 'level', '0', 'emailVerified', '1',
  'createdAt', string.format('%.0f', now))
redis.call('SET', idKey, uid)
enrol()
return {'done'}
`

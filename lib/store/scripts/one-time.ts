import { END_KEYS, END_OTHERS, GENERATION, IDENTIFY, STORE_TIME, WAITS } from './parts.ts'

/**
 * Issues a token that sets a new password; the one before is void: the account's field `reset` names
 * the newest. The token itself is in the mail alone.
 *
 * If there is no account but a registration of the address, the token confirms the address: it is a link
 * that was asked for again, without a password. So `pending` costs the same as `issued`.
 *
 * KEYS: account, `once:` and `registration:` of the token, the address's registrations. ARGV:
 * address, `verify` or `reset`, token hash, lifetime in ms, lifetime of a registration in ms. Returns
 * `{'issued' | 'pending' | 'refused'}`.
 */
export const ISSUE_TOKEN = `#!lua flags=allow-key-locking
local userKey, onceKey, registrationKey, listKey = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local uid, kind, tokenHash, ttl, registrationTtl = unpack(ARGV)
${WAITS}
local exists = redis.call('EXISTS', userKey) == 1
if exists and not waits() then
  if kind ~= 'reset' or not enabled() then return {'refused'} end
  redis.call('HSET', userKey, 'reset', tokenHash)
  redis.call('HSET', onceKey, 'kind', kind, 'uid', uid)
  redis.call('PEXPIRE', onceKey, ttl)
  return {'issued'}
end
if not exists and redis.call('EXISTS', listKey) == 0 then return {'refused'} end
redis.call('HSET', registrationKey, 'user', uid)
redis.call('PEXPIRE', registrationKey, registrationTtl)
redis.call('SADD', listKey, tokenHash)
redis.call('PEXPIRE', listKey, registrationTtl)
return {'pending'}
`

/**
 * Claims a token for one of several requests that bring it at once, so that one of them hashes the
 * password. A claim whose request died lapses after ten seconds.
 *
 * KEYS: token. ARGV: kind, the claim's id. Returns `{'claimed', uid}` or `{'refused'}`.
 */
export const CLAIM_TOKEN = `#!lua flags=allow-key-locking
local onceKey = KEYS[1]
${STORE_TIME}
local token = redis.call('HMGET', onceKey, 'kind', 'uid', 'until')
if token[1] ~= ARGV[1] or now < (tonumber(token[3] or '0') or 0) then return {'refused'} end
redis.call('HSET', onceKey, 'by', ARGV[2], 'until', string.format('%.0f', now + 10000))
return {'claimed', token[2]}
`

/** Lets go of a claim that was not used. KEYS: token. ARGV: the claim's id. Returns `{'done'}`. */
export const RELEASE_TOKEN = `#!lua flags=allow-key-locking
local onceKey = KEYS[1]
if redis.call('HGET', onceKey, 'by') == ARGV[1] then redis.call('HDEL', onceKey, 'by', 'until') end
return {'done'}
`

/**
 * Sets a password by a claimed token, and ends every session and every API key in the same step. Who
 * holds the token has read the address's mail: the address is confirmed, and the network that the
 * request came from is known from then on.
 *
 * KEYS: account, its sessions, no session, its API keys, token, its networks, `uid:` of a fresh id.
 * ARGV: address, the claim's id, token hash, new password hash, network or '', how long it is known in
 * ms, a fresh id. Returns `{'done', account id, how many API keys ended, their ids}` or `{'refused'}`.
 */
export const RESET_PASSWORD = `#!lua flags=allow-key-locking
local userKey, sessionsKey, sessionKey, keysKey, onceKey, devicesKey, freshKey = unpack(KEYS)
local uid, claim, tokenHash, replacement, device, deviceTtl, fresh = unpack(ARGV)
local kept, accountId = '', ''
${STORE_TIME}
${GENERATION}
${END_OTHERS}
${END_KEYS}
${IDENTIFY}
${WAITS}
if redis.call('HGET', onceKey, 'by') ~= claim then return {'refused'} end
redis.call('DEL', onceKey)
if redis.call('HGET', userKey, 'reset') ~= tokenHash or not enabled() then return {'refused'} end
endOthers()
redis.call('HSET', userKey, 'password', replacement)
redis.call('HDEL', userKey, 'reset')
if unverified() then redis.call('HSET', userKey, 'emailVerified', '1') end
if device ~= '' then
  redis.call('ZADD', devicesKey, string.format('%.0f', now), device)
  redis.call('PEXPIRE', devicesKey, deviceTtl)
end
local count = countKeys()
return {'done', identify(freshKey, '', freshKey, fresh), count, endKeys()}
`

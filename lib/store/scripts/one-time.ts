import { END_OTHERS, GENERATION, MAY_ENTER, STORE_TIME } from './parts.ts'

/**
 * One-time tokens: `once:<hash>` says whose a token is, and the account's field `verify` or `reset`
 * holds the hash of its newest, so that an older one is void. The token itself is in the mail alone.
 */
const WRITE_TOKEN = `local function writeToken(kind)
  redis.call('HSET', userKey, kind, tokenHash)
  redis.call('HSET', onceKey, 'kind', kind, 'uid', uid)
  redis.call('PEXPIRE', onceKey, ttl)
end`

/** Whether an account waits for its address to be confirmed: it has the field, and no clear yes. */
const UNVERIFIED = `local function unverified()
  local verified = redis.call('HGET', userKey, 'emailVerified')
  return verified and verified ~= '1' and verified ~= 'true'
end
-- An account that anyone raised is entered by a new password alone: whoever registered its address
-- first may be somebody else.
local function plain()
  return (redis.call('HGET', userKey, 'level') or '0') == '0'
end
local function enabled()
  local disabled = redis.call('HGET', userKey, 'disabled')
  return not disabled or disabled == '' or disabled == '0'
end`

/**
 * Makes an account that waits for its address to be confirmed, or renews a registration that was
 * not: the newest mail has the newest password. An account that anyone raised is not taken over.
 *
 * KEYS: account, token. ARGV: user id, password hash, token hash, lifetime in ms. Returns
 * `{'registered'}`, `{'exists'}` for an account that may sign in, or `{'refused'}`.
 */
export const REGISTER = `#!lua flags=allow-key-locking
local userKey, onceKey = KEYS[1], KEYS[2]
local uid, passwordHash, tokenHash, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
${STORE_TIME}
${MAY_ENTER}
${GENERATION}
${UNVERIFIED}
${WRITE_TOKEN}
if redis.call('EXISTS', userKey) == 1 then
  if mayEnter() then return {'exists'} end
  if not (plain() and enabled() and unverified()) then return {'refused'} end
end
redis.call('HSET', userKey, 'password', passwordHash, 'level', '0', 'emailVerified', '0')
redis.call('HSETNX', userKey, 'createdAt', string.format('%.0f', now))
-- No session of whoever had the address before comes back.
raiseGeneration()
writeToken('verify')
return {'registered'}
`

/**
 * Issues a token for an account that can use it; an older one of its kind is void.
 *
 * KEYS: account, token. ARGV: user id, kind (`verify` or `reset`), token hash, lifetime in ms.
 * Returns `{'issued'}` or `{'refused'}`.
 */
export const ISSUE_TOKEN = `#!lua flags=allow-key-locking
local userKey, onceKey = KEYS[1], KEYS[2]
local uid, kind, tokenHash, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
${UNVERIFIED}
${WRITE_TOKEN}
if redis.call('EXISTS', userKey) == 0 or not enabled() then return {'refused'} end
if kind == 'verify' and not (unverified() and plain()) then return {'refused'} end
writeToken(kind)
return {'issued'}
`

/**
 * Confirms an address, once. KEYS: account, token. ARGV: token hash. Returns `{'done'}` or
 * `{'refused'}`.
 */
export const VERIFY_EMAIL = `#!lua flags=allow-key-locking
local userKey, onceKey = KEYS[1], KEYS[2]
local tokenHash = ARGV[1]
${UNVERIFIED}
local current = redis.call('EXISTS', onceKey) == 1 and redis.call('HGET', userKey, 'verify') == tokenHash
redis.call('DEL', onceKey)
if not (current and plain()) then return {'refused'} end
redis.call('HDEL', userKey, 'verify')
redis.call('HSET', userKey, 'emailVerified', '1')
return {'done'}
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
 * Sets a password by a claimed token, and ends every session in the same step. Who holds the token
 * has read the address's mail, so the address is confirmed too.
 *
 * KEYS: account, its index, no session, token. ARGV: user id, '', the claim's id, token hash, new
 * password hash. Returns `{'done'}` or `{'refused'}`.
 */
export const RESET_PASSWORD = `#!lua flags=allow-key-locking
local userKey, sessionsKey, sessionKey, onceKey = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local uid, kept, claim, tokenHash, replacement = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
${GENERATION}
${END_OTHERS}
${UNVERIFIED}
if redis.call('HGET', onceKey, 'by') ~= claim then return {'refused'} end
redis.call('DEL', onceKey)
if redis.call('HGET', userKey, 'reset') ~= tokenHash or not enabled() then return {'refused'} end
endOthers()
redis.call('HSET', userKey, 'password', replacement)
redis.call('HDEL', userKey, 'reset', 'verify')
if unverified() then redis.call('HSET', userKey, 'emailVerified', '1') end
return {'done'}
`

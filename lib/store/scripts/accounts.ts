import { END_KEYS, END_OTHERS, GENERATION, IDENTIFY, STORE_TIME } from './parts.ts'

/**
 * Sets a password, if the account still has the one that was compared, and ends every session but
 * one in the same step: a refresh or a sign-in with the old password leaves nothing behind.
 *
 * An operator compares no hash, confirms the address by it, and clears the failed sign-ins: who
 * chooses the password of an account answers for it.
 *
 * KEYS: account, its sessions, the session to keep, its API keys. ARGV: account id, the id of the
 * session to keep or '', the compared hash ('' for an operator), the new one, '1' to end the API keys.
 * Returns `{'done', how many API keys there were, their ids if they ended}` or `{'refused'}`.
 */
export const CHANGE_PASSWORD = `#!lua flags=allow-key-locking
local userKey, sessionsKey, sessionKey, keysKey = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local accountId, kept, compared, replacement = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
${STORE_TIME}
${GENERATION}
${END_OTHERS}
${END_KEYS}
if redis.call('EXISTS', userKey) == 0 then return {'refused'} end
if compared ~= '' and redis.call('HGET', userKey, 'password') ~= compared then return {'refused'} end
endOthers()
redis.call('HSET', userKey, 'password', replacement)
redis.call('HDEL', userKey, 'reset')
if compared == '' and redis.call('HEXISTS', userKey, 'emailVerified') == 1 then
  redis.call('HSET', userKey, 'emailVerified', '1')
end
if compared == '' then redis.call('HSET', userKey, 'unlockedAt', string.format('%.0f', now)) end
local count = countKeys()
return {'done', count, ARGV[5] == '1' and endKeys() or {}}
`

/**
 * Replaces a hash of another cost by one of the same password, if it is still the same. KEYS: account.
 * ARGV: the old hash, the new one. Returns `{'done'}`.
 */
export const REPLACE_HASH = `#!lua flags=allow-key-locking
if redis.call('HGET', KEYS[1], 'password') == ARGV[1] then redis.call('HSET', KEYS[1], 'password', ARGV[2]) end
return {'done'}
`

/**
 * Gives an account its id, if it has none. KEYS: account, `uid:` of a fresh id. ARGV: address, the
 * fresh id. Returns `{id}`, or `{''}` when there is no account.
 */
export const IDENTIFY_ACCOUNT = `#!lua flags=allow-key-locking
local userKey, freshKey = KEYS[1], KEYS[2]
local uid, fresh = ARGV[1], ARGV[2]
${IDENTIFY}
if redis.call('EXISTS', userKey) == 0 then return {''} end
return {identify(freshKey, '', freshKey, fresh)}
`

/** Sets an account's name, or removes it; never makes an account. Returns `{'done'}`. */
export const RENAME = `#!lua flags=allow-key-locking
local userKey, name = KEYS[1], ARGV[1]
if redis.call('EXISTS', userKey) == 0 then return {'done'} end
if name == '' then redis.call('HDEL', userKey, 'name') else redis.call('HSET', userKey, 'name', name) end
return {'done'}
`

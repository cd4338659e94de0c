import { END_OTHERS, GENERATION } from './parts.ts'

/**
 * Sets a password, if the account still has the one that was compared, and ends every session but
 * one in the same step: a refresh or a sign-in with the old password leaves nothing behind.
 *
 * KEYS and ARGV as {@link END_SESSIONS}, then the compared hash ('' for an operator, who compares
 * none) and the new one. Returns `{'done'}` or `{'refused'}`.
 */
export const CHANGE_PASSWORD = `#!lua flags=allow-key-locking
local userKey, sessionsKey, sessionKey = KEYS[1], KEYS[2], KEYS[3]
local uid, kept, compared, replacement = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
${GENERATION}
${END_OTHERS}
if redis.call('EXISTS', userKey) == 0 then return {'refused'} end
if compared ~= '' and redis.call('HGET', userKey, 'password') ~= compared then return {'refused'} end
endOthers()
redis.call('HSET', userKey, 'password', replacement)
redis.call('HDEL', userKey, 'reset')
return {'done'}
`

/** Sets an account's name, or removes it; never makes an account. Returns `{'done'}`. */
export const RENAME = `#!lua flags=allow-key-locking
local userKey, name = KEYS[1], ARGV[1]
if redis.call('EXISTS', userKey) == 0 then return {'done'} end
if name == '' then redis.call('HDEL', userKey, 'name') else redis.call('HSET', userKey, 'name', name) end
return {'done'}
`

import { STORE_TIME } from './parts.ts'

/** Notes that a key was used, if it is still there. KEYS: key. Returns `{'done'}`. */
export const TOUCH_KEY = `#!lua flags=allow-key-locking
${STORE_TIME}
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'usedAt', string.format('%.0f', now)) end
return {'done'}
`

/**
 * Reads an API key and, by the address in its record, its owner's account. Read-only. API keys from
 * before accounts had ids have the address as `uid`.
 *
 * KEYS: key. ARGV: the prefix of accounts. Returns `{now, {key's fields}, {account's fields}}`, or
 * `{now}` when there is no such key.
 */
export const KEY_LIVENESS = `
${STORE_TIME}
local key = redis.call('HMGET', KEYS[1], 'hash', 'old', 'oldUntil', 'uid', 'scopes', 'expiresAt', 'born', 'limit', 'older', 'olderUntil', 'user', 'kgen')
if not key[4] then return {string.format('%.0f', now)} end
for i = 1, 12 do key[i] = key[i] or '' end
local address = key[11] ~= '' and key[11] or key[4]
local account = redis.call('HMGET', ARGV[1] .. address, 'level', 'disabled', 'emailVerified', 'createdAt', 'password', 'id', 'kgen')
-- Whether there is a password, never which.
account[5] = account[5] and '1'
return {string.format('%.0f', now), key, account}
`

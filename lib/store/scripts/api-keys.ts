import { MAY_ENTER, STORE_TIME } from './parts.ts'

/**
 * Makes the record of an API key, if the account may hold one more and still is the one that asked.
 * KEYS: key, the account's keys, account. ARGV: key id, account id, how many an account may have, lifetime in ms or '',
 * then field, value and so on. Returns `{'made', now, when it ends or ''}`, `{'full'}` or `{'refused'}`.
 */
export const CREATE_KEY = `#!lua flags=allow-key-locking
local keyKey, listKey, userKey = KEYS[1], KEYS[2], KEYS[3]
local id, accountId, cap, ttl = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
${STORE_TIME}
${MAY_ENTER}
if not mayEnter() or redis.call('HGET', userKey, 'id') ~= accountId then return {'refused'} end
redis.call('ZREMRANGEBYSCORE', listKey, '-inf', '(' .. string.format('%.0f', now))
if redis.call('ZCARD', listKey) >= cap then return {'full'} end
local ms = function(value) return string.format('%.0f', value) end
local fields = {}
for i = 5, #ARGV do fields[#fields + 1] = ARGV[i] end
local ends = ttl ~= '' and ms(now + tonumber(ttl)) or ''
redis.call('HSET', keyKey, 'createdAt', ms(now), 'expiresAt', ends,
  'uid', accountId, 'kgen', redis.call('HGET', userKey, 'kgen') or '0', unpack(fields))
if ends ~= '' then redis.call('PEXPIREAT', keyKey, ends) end
-- The score is the key's end, so that what has ended leaves the list by itself.
redis.call('ZADD', listKey, ends ~= '' and ends or '+inf', id)
return {'made', ms(now), ends}
`

/** Keys made before accounts had ids name the address. */
const OWNED = `local function isOwned(owner) return owner == ARGV[1] or owner == ARGV[2] end`

/**
 * Gives a key another secret; the one before works on for a while. KEYS: key. ARGV: account id,
 * address, the new hash, for how many ms the old one works; 0 ends every secret before. Returns
 * `{'rolled'}` or `{'unknown'}`.
 */
export const ROLL_KEY = `#!lua flags=allow-key-locking
local keyKey = KEYS[1]
${STORE_TIME}
local found = redis.call('HMGET', keyKey, 'uid', 'hash', 'old', 'oldUntil')
${OWNED}
if not isOwned(found[1]) or not found[2] then return {'unknown'} end
-- The answer with the last secret may have been lost: the one in use goes on to its own end.
if ARGV[4] == '0' then redis.call('HDEL', keyKey, 'older', 'olderUntil')
elseif found[3] and (tonumber(found[4]) or 0) > now then
  redis.call('HSET', keyKey, 'older', found[3], 'olderUntil', found[4])
end
redis.call('HSET', keyKey, 'hash', ARGV[3], 'old', found[2],
  'oldUntil', string.format('%.0f', now + tonumber(ARGV[4])))
return {'rolled'}
`

/**
 * Ends a key, if it is this account's. KEYS: key, the account's keys. ARGV: account id, address, key
 * id. Returns `{'ended'}` or `{'unknown'}`.
 */
export const DELETE_KEY = `#!lua flags=allow-key-locking
${OWNED}
if not isOwned(redis.call('HGET', KEYS[1], 'uid')) then return {'unknown'} end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[3])
return {'ended'}
`

/** Deletes records. KEYS: records. Returns `{'done'}`. */
export const FORGET_RECORDS = `#!lua flags=allow-key-locking
redis.call('DEL', unpack(KEYS))
return {'done'}
`

/**
 * Lists the keys of an account, newest first; not those of an account that had the address before.
 * Read-only. KEYS: its keys, account. ARGV: the prefix of keys, address.
 */
export const LIST_KEYS = `
local answer = {}
local account = redis.call('HMGET', KEYS[2], 'id', 'createdAt', 'kgen')
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, -1)) do
  local key = redis.call('HMGET', ARGV[1] .. id, 'name', 'prefix', 'scopes', 'limit', 'createdAt', 'expiresAt', 'usedAt', 'uid', 'born', 'kgen')
  local legacy = key[8] == ARGV[2] and key[9] and key[9] ~= '' and key[9] == account[2]
  local own = legacy or (key[8] and key[8] == account[1])
  if key[5] and own and (key[10] or '0') == (account[3] or '0') then
    local row = {id}
    for i = 1, 7 do row[i + 1] = key[i] or '' end
    answer[#answer + 1] = row
  end
end
return answer
`

import { integer, optionalInteger, rows, word } from '../client/reply.ts'
import { readScript, script } from '../client/script.ts'
import { OWN_SESSION } from './own-session.ts'
import { ENTRY, MAY_ENTER } from './parts.ts'
import { CLOCK, WHOLE } from './time.ts'

/**
 * Makes the record of an API key, if the account may hold one more, and account and session still are those that asked.
 * In the list its score is its end, so that what has ended leaves by itself. `cap` is how many an account may have,
 * `ttl` the lifetime in ms or `''`, `fields` field, value and so on.
 */
export const CREATE_KEY = /* @__PURE__ */ script({
  name: 'create key',
  keys: ['keyKey', 'keysKey', 'userKey', 'sessionKey'],
  args: ['id', 'accountId', 'cap: number', 'ttl', '...fields'],
  lua: `${CLOCK}${WHOLE}${ENTRY}${MAY_ENTER}${OWN_SESSION}
local now = clock()
if not mayEnter(userKey) or not ownSession(sessionKey, userKey, accountId) then return {'refused'} end
redis.call('ZREMRANGEBYSCORE', keysKey, '-inf', '(' .. whole(now))
if redis.call('ZCARD', keysKey) >= cap then return {'full'} end
local ends = ttl ~= '' and whole(now + tonumber(ttl)) or ''
redis.call('HSET', keyKey, 'createdAt', whole(now), 'expiresAt', ends,
  'uid', accountId, 'kgen', redis.call('HGET', userKey, 'kgen') or '0', unpack(fields))
if ends ~= '' then redis.call('PEXPIREAT', keyKey, ends) end
redis.call('ZADD', keysKey, ends ~= '' and ends or '+inf', id)
return {'made', whole(now), ends}
`,
  outcomes: { made: { createdAt: integer, expiresAt: optionalInteger }, full: {}, refused: {} },
})

/** API keys that were made before accounts had ids name the address. */
const OWNED = `
local function isOwned(owner, accountId, address) return owner == accountId or owner == address end`

/**
 * Gives a key another secret; the one before works on for `overlap` ms: 0 ends every secret before. The answer with
 * the last secret may have been lost: the one in use goes on to its own end, however often that is so.
 */
export const ROLL_KEY = /* @__PURE__ */ script({
  name: 'roll key',
  keys: ['keyKey'],
  args: ['accountId', 'address', 'hash', 'overlap: number'],
  lua: `${CLOCK}${WHOLE}${OWNED}
local now = clock()
local found = redis.call('HMGET', keyKey, 'uid', 'hash', 'old', 'oldUntil', 'olderUntil')
if not isOwned(found[1], accountId, address) or not found[2] then return {'unknown'} end
if overlap == 0 then redis.call('HDEL', keyKey, 'older', 'olderUntil')
elseif found[3] and (tonumber(found[4]) or 0) > now and (tonumber(found[5]) or 0) <= now then
  redis.call('HSET', keyKey, 'older', found[3], 'olderUntil', found[4])
end
redis.call('HSET', keyKey, 'hash', hash, 'old', found[2], 'oldUntil', whole(now + overlap))
return {'rolled'}
`,
  outcomes: { rolled: {}, unknown: {} },
})

/** Ends a key, if it is this account's. */
export const DELETE_KEY = /* @__PURE__ */ script({
  name: 'delete key',
  keys: ['keyKey', 'keysKey'],
  args: ['accountId', 'address', 'id'],
  lua: `${OWNED}
if not isOwned(redis.call('HGET', keyKey, 'uid'), accountId, address) then return {'unknown'} end
redis.call('DEL', keyKey)
redis.call('ZREM', keysKey, id)
return {'ended'}
`,
  outcomes: { ended: {}, unknown: {} },
})

/**
 * Lists the keys of an account, newest first; not those of an account that had the address before.
 * `keyPrefix` is that of all API keys' records.
 */
export const LIST_KEYS = /* @__PURE__ */ readScript({
  name: 'list keys',
  locks: 'database',
  keys: ['keysKey', 'userKey'],
  args: ['keyPrefix', 'address'],
  lua: `
local answer = {}
local account = redis.call('HMGET', userKey, 'id', 'createdAt', 'kgen')
for _, id in ipairs(redis.call('ZREVRANGE', keysKey, 0, -1)) do
  local key = redis.call('HMGET', keyPrefix .. id, 'name', 'prefix', 'scopes', 'limit', 'createdAt', 'expiresAt', 'usedAt', 'uid', 'born', 'kgen')
  local legacy = key[8] == address and key[9] and key[9] ~= '' and key[9] == account[2]
  local own = legacy or (key[8] and key[8] == account[1])
  if key[5] and own and (key[10] or '0') == (account[3] or '0') then
    local row = {id}
    for i = 1, 7 do row[i + 1] = key[i] or '' end
    answer[#answer + 1] = row
  end
end
return {'listed', answer}
`,
  outcomes: {
    listed: {
      keys: /* @__PURE__ */ rows({
        id: word,
        name: word,
        prefix: word,
        scopes: word,
        limit: optionalInteger,
        createdAt: integer,
        expiresAt: optionalInteger,
        usedAt: optionalInteger,
      }),
    },
  },
})

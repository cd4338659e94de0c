/**
 * Makes the caller the one healer of the indexes, if none is at work and the last has been done for
 * long enough. KEYS: healer, healed. ARGV: the caller's name, milliseconds it may be silent, rest
 * in milliseconds. Returns `{1, the cursor to go on from}` or `{0}`.
 */
export const BEGIN_HEALING = `#!lua flags=allow-key-locking
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local at = tonumber(redis.call('HGET', KEYS[2], 'at') or '')
if at and now - at < tonumber(ARGV[3]) then return {0} end
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return {0} end
return {1, redis.call('HGET', KEYS[2], 'cursor') or '0'}
`

/**
 * Notes how far the healer is; the cursor \`0\` is the end. KEYS: healer, healed. ARGV: the caller's
 * name, milliseconds it may be silent, cursor. Returns `{1}`, or `{0}` when another has taken over.
 */
export const END_HEALING = `#!lua flags=allow-key-locking
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {0} end
if ARGV[3] == '0' then
  local now = redis.call('TIME')
  redis.call('HSET', KEYS[2], 'at', now[1] * 1000 + math.floor(now[2] / 1000))
  redis.call('HDEL', KEYS[2], 'cursor')
  redis.call('DEL', KEYS[1])
else
  redis.call('HSET', KEYS[2], 'cursor', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return {1}
`

/**
 * Finds ids of an index whose hashes are gone, in a stretch of a thousand. Read-only. KEYS: the index
 * of ids. ARGV: prefix, where the stretch begins. Returns `{last id or '' after the end, ids…}`.
 */
export const FIND_GHOSTS = `
local ids = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[2], '+', 'LIMIT', 0, 1000)
local answer = {#ids < 1000 and '' or ids[#ids]}
for _, id in ipairs(ids) do
  if redis.call('EXISTS', ARGV[1] .. id) == 0 then answer[#answer + 1] = id end
end
return answer
`

/**
 * What an index is worth to those who declare it as `print` says: `whole`; `building` or `stale`, theirs
 * and not whole; `held`, others have claimed it for their declaration less than `hold` milliseconds ago;
 * `unbuilt`, none of these. Every item is in every order: one with fewer than there are ids was lost.
 */
export const INDEX_STATE = `local function indexState(states, ids, key, print, now, hold)
  local value = redis.call('HGET', states, key) or ''
  local claimed, since, is = string.match(value, '^(%x+):(%d+):(%a+)$')
  if claimed ~= print then return claimed and now - since < hold and 'held' or 'unbuilt' end
  local isOrder = string.match(key, '^index:')
  if is == 'whole' and isOrder and redis.call('ZCARD', key) < redis.call('ZCARD', ids) then
    return 'unbuilt'
  end
  return is
end
local function milliseconds()
  local now = redis.call('TIME')
  return now[1] * 1000 + math.floor(now[2] / 1000)
end`

/**
 * Makes the caller the one healer of the indexes, if none is at work and the last has been done for
 * long enough. One that was cut off is gone on with where it was, unless that was another version of
 * the declarations: it has not indexed what this one does. KEYS: healer, healed. ARGV: the caller's
 * name, milliseconds it may be silent, rest in milliseconds, version. Returns `{1, the cursor to go on
 * from}` or `{0}`.
 */
export const BEGIN_HEALING = `#!lua flags=allow-key-locking
${INDEX_STATE}
local now = milliseconds()
local at = tonumber(redis.call('HGET', KEYS[2], 'at') or '')
if at and now - at < tonumber(ARGV[3]) then return {0} end
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return {0} end
local left = redis.call('HMGET', KEYS[2], 'version', 'cursor')
redis.call('HSET', KEYS[2], 'began', now, 'version', ARGV[4])
if left[1] == ARGV[4] and left[2] then return {1, left[2]} end
redis.call('HDEL', KEYS[2], 'cursor')
return {1, '0'}
`

/**
 * Notes how far the healer is. KEYS: healer, healed. ARGV: the caller's name, milliseconds it may be
 * silent, cursor. Returns `{1}`, or `{0}` when another has taken over.
 */
export const KEEP_HEALING = `#!lua flags=allow-key-locking
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {0} end
redis.call('HSET', KEYS[2], 'cursor', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {1}
`

/**
 * Ends a healing, and notes how long it took and how many in a row found nothing. KEYS: healer, healed.
 * ARGV: the caller's name, how much it found, the size of the keyspace before it or `''`. Returns `{1}`,
 * or `{0}` when another has taken over.
 */
export const END_HEALING = `#!lua flags=allow-key-locking
${INDEX_STATE}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {0} end
local now = milliseconds()
local before = redis.call('HMGET', KEYS[2], 'began', 'idle')
local idle = ARGV[2] == '0' and (tonumber(before[2] or '') or 0) + 1 or 0
redis.call('HSET', KEYS[2], 'at', now, 'took', now - (tonumber(before[1] or '') or now), 'keys', ARGV[3], 'idle', idle)
redis.call('HDEL', KEYS[2], 'began', 'version', 'cursor')
redis.call('DEL', KEYS[1])
return {1}
`

/**
 * What each index of a collection is worth: see {@link INDEX_STATE}. Read-only. KEYS: the states, the
 * indexes, that of ids first. ARGV: milliseconds that a claim holds, the fingerprints.
 */
export const INDEX_STATES = `
${INDEX_STATE}
local answer = {}
for i = 2, #KEYS do
  answer[i - 1] = indexState(KEYS[1], KEYS[2], KEYS[i], ARGV[i], milliseconds(), tonumber(ARGV[1]))
end
return answer
`

/**
 * Empties the indexes of a collection that are not whole and marks them as being built: from here on
 * writers keep them. Those that others hold are left. KEYS and ARGV as {@link INDEX_STATES}. Returns
 * the keys that are to be built.
 */
export const CLAIM_INDEXES = `#!lua flags=allow-key-locking
${INDEX_STATE}
local now, claimed = milliseconds(), {}
for i = 2, #KEYS do
  local state = indexState(KEYS[1], KEYS[2], KEYS[i], ARGV[i], now, tonumber(ARGV[1]))
  if state ~= 'whole' and state ~= 'held' then claimed[#claimed + 1] = i end
end
local answer = {}
for _, i in ipairs(claimed) do
  redis.call('UNLINK', KEYS[i])
  redis.call('HSET', KEYS[1], KEYS[i], ARGV[i] .. ':' .. now .. ':building')
  answer[#answer + 1] = KEYS[i]
end
return answer
`

/**
 * Says that what was built is whole, unless a writer of another declaration has been there since. KEYS:
 * healer, the states, the indexes. ARGV: the caller's name, the fingerprints. Returns the keys of those
 * that are whole now; none when another healer has taken over.
 */
export const FINISH_INDEXES = `#!lua flags=allow-key-locking
${INDEX_STATE}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {} end
local answer = {}
for i = 3, #KEYS do
  local print = ARGV[i - 1]
  if indexState(KEYS[2], KEYS[3], KEYS[i], print, 0, 0) == 'building' then
    redis.call('HSET', KEYS[2], KEYS[i], print .. ':' .. milliseconds() .. ':whole')
    answer[#answer + 1] = KEYS[i]
  end
end
return answer
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

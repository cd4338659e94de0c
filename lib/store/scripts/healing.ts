import { flag, text, words } from '../client/reply.ts'
import { readScript, script } from '../client/script.ts'
import { CLOCK, WHOLE } from './time.ts'

/**
 * What an index is worth to those who declare it as `print` says: `whole`; `building` or `stale`, theirs
 * and not whole; `held`, others have claimed it for their declaration less than `hold` milliseconds ago;
 * `unbuilt`, none of these.
 *
 * One that was lost, by eviction or by hand, is `unbuilt`, too: every item is in every order, so that one with
 * fewer than there are ids was lost, and so were the ids when another index has items and they have none; words have
 * a member that stands for their being whole ({@link FINISH_INDEXES}).
 */
export const INDEX_STATE = `
local function isLost(states, ids, key)
  if not string.match(key, '^index:') then return not redis.call('ZSCORE', key, '') end
  local size = redis.call('ZCARD', ids)
  if key ~= ids then return redis.call('ZCARD', key) < size end
  for _, other in ipairs(size == 0 and redis.call('HKEYS', states) or {}) do
    if string.match(other, '^index:') and redis.call('ZCARD', other) > 0 then return true end
  end
end
local function indexState(states, ids, key, print, now, hold)
  local value = redis.call('HGET', states, key) or ''
  local claimed, since, is = string.match(value, '^(%x+):(%d+):(%a+)$')
  if claimed ~= print then return claimed and now - since < hold and 'held' or 'unbuilt' end
  if is == 'whole' and isLost(states, ids, key) then return 'unbuilt' end
  return is
end`

/**
 * Makes the caller the one healer of the indexes, if none is at work and the last has been done for
 * long enough. One that was cut off is gone on with where it was, unless that was another version of
 * the declarations: it has not indexed what this one does. `healerTtl` is how many milliseconds the
 * caller may be silent.
 */
export const BEGIN_HEALING = /* @__PURE__ */ script({
  name: 'begin healing',
  keys: ['healerKey', 'healedKey'],
  args: ['healer', 'healerTtl', 'rest: number', 'version'],
  lua: `${CLOCK}${WHOLE}
local now = clock()
local at = tonumber(redis.call('HGET', healedKey, 'at') or '')
if at and now - at < rest then return {'resting'} end
if not redis.call('SET', healerKey, healer, 'NX', 'PX', healerTtl) then return {'resting'} end
local left = redis.call('HMGET', healedKey, 'version', 'cursor')
redis.call('HSET', healedKey, 'began', whole(now), 'version', version)
if left[1] == version and left[2] then return {'begun', left[2]} end
redis.call('HDEL', healedKey, 'cursor')
return {'begun', '0'}
`,
  outcomes: { begun: { cursor: text }, resting: {} },
})

/** Notes how far the healer is; not kept when another has taken over. */
export const KEEP_HEALING = /* @__PURE__ */ script({
  name: 'keep healing',
  keys: ['healerKey', 'healedKey'],
  args: ['healer', 'healerTtl', 'cursor'],
  lua: `
if redis.call('GET', healerKey) ~= healer then return {'answered', 0} end
redis.call('HSET', healedKey, 'cursor', cursor)
redis.call('PEXPIRE', healerKey, healerTtl)
return {'answered', 1}
`,
  outcomes: { answered: { kept: flag } },
})

/**
 * Ends a healing, and notes how long it took and how many in a row found nothing; not ended when another
 * has taken over. `found` is how much there was to heal, `size` the keyspace before it or `''`.
 */
export const END_HEALING = /* @__PURE__ */ script({
  name: 'end healing',
  keys: ['healerKey', 'healedKey'],
  args: ['healer', 'found: number', 'size'],
  lua: `${CLOCK}${WHOLE}
if redis.call('GET', healerKey) ~= healer then return {'answered', 0} end
local now = clock()
local before = redis.call('HMGET', healedKey, 'began', 'idle')
local idle = found == 0 and (tonumber(before[2] or '') or 0) + 1 or 0
local took = now - (tonumber(before[1] or '') or now)
redis.call('HSET', healedKey, 'at', whole(now), 'took', whole(took), 'keys', size, 'idle', whole(idle))
redis.call('HDEL', healedKey, 'began', 'version', 'cursor')
redis.call('DEL', healerKey)
return {'answered', 1}
`,
  outcomes: { answered: { ended: flag } },
})

/** The keys of the states and of the indexes, that of ids first, and the fingerprints of the indexes. */
const INDEX_KEYS = ['statesKey', '...indexKeys'] as const
const INDEX_ARGS = ['hold: number', '...prints'] as const

/**
 * What each index of a collection is worth: see {@link INDEX_STATE}. `hold` is how many milliseconds a
 * claim holds.
 */
export const INDEX_STATES = /* @__PURE__ */ readScript({
  name: 'index states',
  keys: [...INDEX_KEYS],
  args: [...INDEX_ARGS],
  lua: `${CLOCK}${INDEX_STATE}
local states = {}
for i, key in ipairs(indexKeys) do
  states[i] = indexState(statesKey, indexKeys[1], key, prints[i], clock(), hold)
end
return {'read', states}
`,
  outcomes: { read: { states: words } },
})

/**
 * Empties the indexes of a collection that are not whole and marks them as being built: from here on
 * writers keep them. Those that others hold are left. Without the ids no index is: items that are gone could not
 * be told. Returns the keys that are to be built.
 */
export const CLAIM_INDEXES = /* @__PURE__ */ script({
  name: 'claim indexes',
  keys: [...INDEX_KEYS],
  args: [...INDEX_ARGS],
  lua: `${CLOCK}${WHOLE}${INDEX_STATE}
local now, claimed = clock(), {}
for i, key in ipairs(indexKeys) do
  local state = indexState(statesKey, indexKeys[1], key, prints[i], now, hold)
  local again = state == 'whole' and claimed[1] == 1
  if again or state ~= 'whole' and state ~= 'held' then claimed[#claimed + 1] = i end
end
local answer = {}
for _, i in ipairs(claimed) do
  redis.call('UNLINK', indexKeys[i])
  redis.call('HSET', statesKey, indexKeys[i], prints[i] .. ':' .. whole(now) .. ':building')
  answer[#answer + 1] = indexKeys[i]
end
return {'claimed', answer}
`,
  outcomes: { claimed: { indexes: words } },
})

/**
 * Says that what was built is whole, unless a writer of another declaration has been there since. Returns
 * the keys of those that are whole now; none when another healer has taken over. Words, of which a collection may have
 * none, get an empty member: no search begins there.
 */
export const FINISH_INDEXES = /* @__PURE__ */ script({
  name: 'finish indexes',
  keys: ['healerKey', ...INDEX_KEYS],
  args: ['healer', '...prints'],
  lua: `${CLOCK}${WHOLE}${INDEX_STATE}
if redis.call('GET', healerKey) ~= healer then return {'finished', {}} end
local answer = {}
for i, key in ipairs(indexKeys) do
  if indexState(statesKey, indexKeys[1], key, prints[i], 0, 0) == 'building' then
    if not string.match(key, '^index:') then redis.call('ZADD', key, 0, '') end
    redis.call('HSET', statesKey, key, prints[i] .. ':' .. whole(clock()) .. ':whole')
    answer[#answer + 1] = key
  end
end
return {'finished', answer}
`,
  outcomes: { finished: { indexes: words } },
})

/**
 * Finds ids of an index whose hashes are gone, in a stretch of a thousand from `first`. `last` is '' after
 * the end. `prefix` is that of the items.
 */
export const FIND_GHOSTS = /* @__PURE__ */ readScript({
  name: 'find ghosts',
  locks: 'database',
  keys: ['idsKey'],
  args: ['prefix', 'first'],
  lua: `
local ids, ghosts = redis.call('ZRANGEBYLEX', idsKey, first, '+', 'LIMIT', 0, 1000), {}
for _, id in ipairs(ids) do
  if redis.call('EXISTS', prefix .. id) == 0 then ghosts[#ghosts + 1] = id end
end
return {'found', #ids < 1000 and '' or ids[#ids], ghosts}
`,
  outcomes: { found: { last: text, ghosts: words } },
})

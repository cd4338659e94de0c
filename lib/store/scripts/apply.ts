/**
 * Changes items with their indexes, each only if its fields are still what the caller has read: the
 * index members that go and come are worked out from them.
 *
 * KEYS: the items, the states of the indexes, the indexes, and the key of an idempotent request where
 * there is one. ARGV: how many items, how many fields, what to keep of an idempotent request (`''` for
 * none) and for how many milliseconds, how many indexes the caller keeps; the fields' names; key and
 * fingerprint of each index that the caller keeps; then for each item `set`, `delete` or `index` (its indexes alone),
 * what each field is, what each becomes (after `set`), how many index changes, and for each of
 * them `+` or `-`, the number of the index, the member. A field's value is written `=value`, or `-`
 * when it has none, or `?` when it is no text and cannot be compared.
 *
 * All members of an index are added in one command: an engine may copy a sorted set for each change. An
 * index that the caller does not keep, or keeps by another declaration, becomes stale: the version that
 * declares it builds it anew.
 *
 * Returns for each item 1, 0 when it is another by now, -1 when its key has another type; or `{'repeated', what was kept}`.
 */
export const APPLY_ITEMS = `#!lua flags=allow-key-locking
local items, count = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = ARGV[3] ~= ''
if kept then
  local before = redis.call('GET', KEYS[#KEYS])
  if before then return {'repeated', before} end
end
local states = KEYS[items + 1]
for i = items + 1, kept and #KEYS - 1 or #KEYS do
  local kind, right = redis.call('TYPE', KEYS[i]).ok, i == items + 1 and 'hash' or 'zset'
  if kind ~= 'none' and kind ~= right then return redis.error_reply('WRONGTYPE an index') end
end
local names, prints, at = {}, {}, 6
for i = 1, count do names[i] = ARGV[at]; at = at + 1 end
for i = 1, tonumber(ARGV[5]) do prints[ARGV[at]] = ARGV[at + 1]; at = at + 2 end
local answer, changed, joining, leaving = {}, false, {}, {}
for item = 1, items do
  local key, verb = KEYS[item], ARGV[at]
  at = at + 1
  local values = redis.pcall('HMGET', key, unpack(names))
  -- To the indexes a key of another type is an item that is gone.
  if values.err and verb == 'index' then values = {} end
  local same = not values.err
  for i = 1, count do
    local is = values[i] and '=' .. values[i] or '-'
    if same and ARGV[at] ~= is and ARGV[at] ~= '?' then same = false end
    at = at + 1
  end
  local set, unset = {}, {}
  if verb == 'set' then
    for i = 1, count do
      local value = ARGV[at]
      at = at + 1
      if value == '-' then unset[#unset + 1] = names[i]
      else
        set[#set + 1] = names[i]
        set[#set + 1] = string.sub(value, 2)
      end
    end
  end
  if same and verb == 'set' then
    if #set > 0 then redis.call('HSET', key, unpack(set)) end
    if #unset > 0 then redis.call('HDEL', key, unpack(unset)) end
  elseif same and verb == 'delete' then
    redis.call('DEL', key)
  end
  local changes = tonumber(ARGV[at])
  at = at + 1
  for i = 1, changes do
    if same then
      local index, batch = KEYS[items + 1 + tonumber(ARGV[at + 1])], joining
      if ARGV[at] == '-' then batch = leaving end
      local members = batch[index] or {}
      batch[index] = members
      if batch == joining then members[#members + 1] = 0 end
      members[#members + 1] = ARGV[at + 2]
    end
    at = at + 3
  end
  answer[item] = same and 1 or values.err and -1 or 0
  changed = changed or same
end
for command, batch in pairs({ZREM = leaving, ZADD = joining}) do
  for index, members in pairs(batch) do
    for i = 1, #members, 1000 do
      redis.call(command, index, unpack(members, i, math.min(i + 999, #members)))
    end
  end
end
if changed then
  local known = redis.call('HGETALL', states)
  for i = 1, #known, 2 do
    local print, since, is = string.match(known[i + 1], '^(%x+):(%d+):(%a+)$')
    if print and is ~= 'stale' and prints[known[i]] ~= print then
      redis.call('HSET', states, known[i], print .. ':' .. since .. ':stale')
    end
  end
end
if kept and changed then redis.call('SET', KEYS[#KEYS], ARGV[3], 'PX', ARGV[4]) end
return answer
`

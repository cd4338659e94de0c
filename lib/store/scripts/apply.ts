import { list, word } from '../client/reply.ts'
import { script } from '../client/script.ts'

/**
 * Changes items with their indexes, each only if its fields are still what the caller has read: the
 * index members that go and come are worked out from them.
 *
 * - `names`: the fields of the collection, in their order.
 * - `declared`: key and fingerprint of each index that the caller keeps.
 * - `onceKeys`: the key of an idempotent request, if it is one; `keep` is what is kept of it, for `keepMs`.
 * - `changes`: for each item `set`, `delete` or `index` (its indexes alone); how many fields follow, none for an
 *   item that is not there, and what each is; what each becomes (after `set`); how many index changes, and for each
 *   of them `+` or `-`, the number of the index, `:` and the member; how many of its values are unique, and for each
 *   of them the number of the index, where the members of the value begin and end there, its own member. A field's
 *   value is written `=value`, or `-` when it has none, or `?` when it is no text and cannot be compared. Each word
 *   costs the engine time, and an import sends many; so does reading fields, so that an item that is not expected is
 *   asked for first.
 * - `guarded`: whether the indexes of unique values must be whole. Where the caller has seen every hash they need not be.
 *
 * All members of an index are added in one command: an engine may copy a sorted set for each change. An
 * index that the caller does not keep, or keeps by another declaration, becomes stale: the version that
 * declares it builds it anew.
 *
 * Items are changed one after the other: a value that one gives up is free for the next.
 *
 * Tells of each item 1, 0 when it is another by now, -1 when its key has another type, -2 when the index of a unique value
 * is not whole; of one whose value another item has `u`, which of its unique values that is, and the other's member.
 */
export const APPLY_ITEMS = /* @__PURE__ */ script({
  name: 'apply items',
  keys: ['statesKey', '...itemKeys', '...indexKeys', '...onceKeys'],
  args: ['keep', 'keepMs', 'guarded: boolean', '...names', '...declared', '...changes'],
  lua: `
local onceKey = onceKeys[1]
if onceKey then
  local before = redis.call('GET', onceKey)
  if before then return {'repeated', before} end
end
local function check(key, right)
  local kind = redis.call('TYPE', key).ok
  return kind == 'none' or kind == right
end
local usable = check(statesKey, 'hash')
for _, key in ipairs(indexKeys) do usable = usable and check(key, 'zset') end
if not usable then return redis.error_reply('WRONGTYPE an index') end
local prints = {}
for i = 1, #declared, 2 do prints[declared[i]] = declared[i + 1] end
local function isWhole(key)
  local print, since, is = string.match(redis.call('HGET', statesKey, key) or '', '^(%x+):(%d+):(%a+)$')
  return since and print == prints[key] and is == 'whole'
end
local answer, changed, joining, leaving, at = {}, false, {}, {}, 1
-- Members that earlier changes of this call have taken out, and values that they have taken.
local gone, taken = {}, {}
local function holder(key, first, last, own)
  if taken[key .. first] then return taken[key .. first] end
  for _, member in ipairs(redis.call('ZRANGEBYLEX', key, first, last, 'LIMIT', 0, 300)) do
    if member ~= own and not gone[key .. member] then return member end
  end
end
for item, key in ipairs(itemKeys) do
  local verb, known = changes[at], tonumber(changes[at + 1])
  at = at + 2
  local isNone = known == 0 and redis.call('EXISTS', key) == 0
  local values = isNone and {} or redis.pcall('HMGET', key, unpack(names))
  -- To the indexes a key of another type is an item that is gone.
  if values.err and verb == 'index' then values = {} end
  local same = not values.err
  for i = 1, #names do
    local is, was = values[i] and '=' .. values[i] or '-', known == 0 and '-' or changes[at + i - 1]
    if same and was ~= is and was ~= '?' then same = false end
  end
  at = at + known
  local set, unset = {}, {}
  if verb == 'set' then
    for i = 1, #names do
      local value = changes[at]
      at = at + 1
      if value == '-' then unset[#unset + 1] = names[i]
      else
        set[#set + 1] = names[i]
        set[#set + 1] = string.sub(value, 2)
      end
    end
  end
  local members = tonumber(changes[at])
  local moves = at + 1
  at = moves + members
  local uniques, clash = tonumber(changes[at]), nil
  for i = 1, uniques do
    local from = at + 4 * (i - 1)
    local index = indexKeys[tonumber(changes[from + 1])]
    if same and guarded and not isWhole(index) then clash = -2 end
    local other = same and not clash and holder(index, changes[from + 2], changes[from + 3], changes[from + 4])
    if other then clash = 'u' .. i .. ':' .. other end
  end
  if clash then same = false end
  if same and verb == 'set' then
    if #set > 0 then redis.call('HSET', key, unpack(set)) end
    if #unset > 0 and not isNone then redis.call('HDEL', key, unpack(unset)) end
  elseif same and verb == 'delete' then
    redis.call('DEL', key)
  end
  for i = 1, same and members or 0 do
    local sign, number, member = string.match(changes[moves + i - 1], '^([+-])(%d+):(.*)$')
    local index, batches = indexKeys[tonumber(number)], joining
    if sign == '-' then
      batches = leaving
      gone[index .. member] = true
    end
    local batch = batches[index] or {}
    batches[index] = batch
    if batches == joining then batch[#batch + 1] = 0 end
    batch[#batch + 1] = member
  end
  for i = 1, same and uniques or 0 do
    local from = at + 4 * (i - 1)
    taken[indexKeys[tonumber(changes[from + 1])] .. changes[from + 2]] = changes[from + 4]
  end
  at = at + 1 + 4 * uniques
  answer[item] = clash or same and 1 or values.err and -1 or 0
  changed = changed or same
end
for command, batches in pairs({ZREM = leaving, ZADD = joining}) do
  for index, batch in pairs(batches) do
    for i = 1, #batch, 1000 do
      redis.call(command, index, unpack(batch, i, math.min(i + 999, #batch)))
    end
  end
end
if changed then
  local known = redis.call('HGETALL', statesKey)
  for i = 1, #known, 2 do
    local print, since, is = string.match(known[i + 1], '^(%x+):(%d+):(%a+)$')
    if print and is ~= 'stale' and prints[known[i]] ~= print then
      redis.call('HSET', statesKey, known[i], print .. ':' .. since .. ':stale')
    end
  end
end
if onceKey and changed then redis.call('SET', onceKey, keep, 'PX', keepMs) end
return {'applied', answer}
`,
  outcomes: { applied: { answers: list }, repeated: { kept: word } },
})

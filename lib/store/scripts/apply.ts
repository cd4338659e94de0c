import { list, word } from '../client/reply.ts'
import { script } from '../client/script.ts'

/**
 * Changes items with their indexes, each only if its fields are still what the caller has read: the
 * index members that go and come are worked out from them.
 *
 * - `names`: the fields of the collection, in their order.
 * - `declared`: key and fingerprint of each index that the caller keeps.
 * - `onceKeys`: the key of an idempotent request, if it is one; `keep` is what is kept of it, for `keepMs`.
 * - `changes`: for each item `set`, `delete` or `index` (its indexes alone), what each field is, what each
 *   becomes (after `set`), how many index changes, and for each of them `+` or `-`, the number of the
 *   index, the member. A field's value is written `=value`, or `-` when it has none, or `?` when it is no
 *   text and cannot be compared.
 *
 * All members of an index are added in one command: an engine may copy a sorted set for each change. An
 * index that the caller does not keep, or keeps by another declaration, becomes stale: the version that
 * declares it builds it anew.
 *
 * Tells of each item 1, 0 when it is another by now, -1 when its key has another type.
 */
export const APPLY_ITEMS = /* @__PURE__ */ script({
  name: 'apply items',
  keys: ['statesKey', '...itemKeys', '...indexKeys', '...onceKeys'],
  args: ['keep', 'keepMs', '...names', '...declared', '...changes'],
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
local answer, changed, joining, leaving, at = {}, false, {}, {}, 1
for item, key in ipairs(itemKeys) do
  local verb = changes[at]
  at = at + 1
  local values = redis.pcall('HMGET', key, unpack(names))
  -- To the indexes a key of another type is an item that is gone.
  if values.err and verb == 'index' then values = {} end
  local same = not values.err
  for i = 1, #names do
    local is = values[i] and '=' .. values[i] or '-'
    if same and changes[at] ~= is and changes[at] ~= '?' then same = false end
    at = at + 1
  end
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
  if same and verb == 'set' then
    if #set > 0 then redis.call('HSET', key, unpack(set)) end
    if #unset > 0 then redis.call('HDEL', key, unpack(unset)) end
  elseif same and verb == 'delete' then
    redis.call('DEL', key)
  end
  local members = tonumber(changes[at])
  at = at + 1
  for i = 1, members do
    if same then
      local index, batches = indexKeys[tonumber(changes[at + 1])], joining
      if changes[at] == '-' then batches = leaving end
      local batch = batches[index] or {}
      batches[index] = batch
      if batches == joining then batch[#batch + 1] = 0 end
      batch[#batch + 1] = changes[at + 2]
    end
    at = at + 3
  end
  answer[item] = same and 1 or values.err and -1 or 0
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

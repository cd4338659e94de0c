import { INDEX_STATE } from './healing.ts'

/**
 * Reads what one page of a collection is made of. Read-only, and its cost has a bound whatever the
 * collection's size: it looks at a thousand items at most.
 *
 * Three ways, each right for what the indexes hold, and none where one of them is not whole:
 * - `small`: the keyspace has few keys. SCAN finds every hash, also one that nobody has
 *   indexed; with `page` the script keeps the page sorted while it runs, else every hash is an answer.
 * - `gather`: a filter's index names up to a thousand items. All of them are the answer, unsorted.
 * - `walk`: along an index, in its order, from where the last page ended.
 *
 * Keys that are no hashes, or no UTF-8, are passed over: no URL could name them. Bytes are
 * compared one by one because Lua's `<` follows the server's locale.
 *
 * KEYS: `healed`, the states of the indexes, the index of ids, the one to walk, those of filters. ARGV: prefix, the prefix as a glob
 * pattern, `ids` or `order` (what the walked index holds), `page` or `rows`, how many rows, `1` for
 * backwards, where the walk begins and ends, the same without a cursor (`''` when nobody counts),
 * the id to start after (`''` for the start), how many keys are few, how many of the fields the
 * caller needs to choose rows, how many milliseconds a claim of another declaration holds, the
 * fingerprint of the index to walk; begin, end and fingerprint of each filter's; then the fields, those
 * that are needed first.
 *
 * When the other fields have come to 100,000 bytes, rows come with the needed ones alone.
 *
 * Returns `{way, keys, {milliseconds since the last healing, how many it took, the keys before it, how
 * many in a row found nothing; -1 for unknown}, count or -1, 1 for more, the last member looked at,
 * {id, member, {values}}…}`; a member whose hash is gone has no values. Where an index is not whole the
 * way is `unbuilt`, or `held` while the claim of another declaration holds, with the index in the place
 * of the last member.
 */
export const QUERY_ITEMS = `
local prefix, pattern, holds, wanted, limit = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local backwards, first, last = ARGV[6] == '1', ARGV[7], ARGV[8]
local filters, at = #KEYS - 4, 16
local needed = tonumber(ARGV[13])
local fields = {}
for i = at + 3 * filters, #ARGV do fields[#fields + 1] = ARGV[i] end
local byte = string.byte
local function less(a, b)
  local la, lb = #a, #b
  for i = 1, math.min(la, lb) do
    local x, y = byte(a, i), byte(b, i)
    if x ~= y then return x < y end
  end
  return la < lb
end
local function ahead(a, b)
  if backwards then return less(b, a) end
  return less(a, b)
end
local function isText(id)
  if not string.find(id, '[\\128-\\255]') then return true end
  local rest = id
  for _, sequence in ipairs({
    '[\\194-\\223][\\128-\\191]', '\\224[\\160-\\191][\\128-\\191]',
    '[\\225-\\236\\238\\239][\\128-\\191][\\128-\\191]', '\\237[\\128-\\159][\\128-\\191]',
    '\\240[\\144-\\191][\\128-\\191][\\128-\\191]',
    '[\\241-\\243][\\128-\\191][\\128-\\191][\\128-\\191]', '\\244[\\128-\\143][\\128-\\191][\\128-\\191]',
  }) do rest = string.gsub(rest, sequence, ' ') end
  return not string.find(rest, '[\\128-\\255]')
end
local heavy = 0
local function row(id, member)
  local values = redis.pcall('HMGET', prefix .. id, unpack(fields, 1, needed))
  if values.err then return {id, member} end
  if heavy < 100000 and needed < #fields then
    local rest = redis.call('HMGET', prefix .. id, unpack(fields, needed + 1))
    for i = 1, #rest do
      values[needed + i] = rest[i]
      heavy = heavy + (rest[i] and #rest[i] or 0)
    end
  elseif needed < #fields then
    return {id, member, values}
  end
  for i = 1, #fields do if values[i] then return {id, member, values} end end
  return {id, member}
end
${INDEX_STATE}
local size, now = redis.call('DBSIZE'), milliseconds()
local healed = redis.call('HMGET', KEYS[1], 'at', 'took', 'keys', 'idle')
for i = 1, 4 do healed[i] = tonumber(healed[i] or '') or -1 end
if healed[1] >= 0 then healed[1] = math.max(0, now - healed[1]) end
local answer = {'small', size, healed, -1, 0, ''}
local lacking
for i = 4, #KEYS do
  local print = ARGV[i == 4 and 15 or at + 3 * (i - 5) + 2]
  local state = indexState(KEYS[2], KEYS[3], KEYS[i], print, now, tonumber(ARGV[14]))
  -- What can be built is named before what must be waited for.
  if state ~= 'whole' and (not lacking or lacking[1] == 'held') then
    lacking = {state == 'held' and 'held' or 'unbuilt', KEYS[i]}
  end
end

-- Until the indexes are whole SCAN goes on a while.
if size <= tonumber(ARGV[12]) * (lacking and 2 or 1) then
  local page, found, after = {}, 0, ARGV[11]
  local function place(id)
    if wanted == 'page' and found >= limit and not ahead(id, page[found]) then return end
    local low, high = 1, found + 1
    while low < high do
      local middle = math.floor((low + high) / 2)
      if ahead(page[middle], id) then low = middle + 1 else high = middle end
    end
    if page[low] == id then return end
    table.insert(page, low, id)
    if wanted == 'page' and found >= limit then page[found + 1] = nil else found = found + 1 end
  end
  local cursor = '0'
  repeat
    local reply = redis.call('SCAN', cursor, 'MATCH', pattern, 'COUNT', 1000, 'TYPE', 'hash')
    cursor = reply[1]
    for _, key in ipairs(reply[2]) do
      local id = string.sub(key, #prefix + 1)
      if id ~= '' and (after == '' or ahead(after, id)) and isText(id) then place(id) end
    end
  until cursor == '0'
  -- What is read here may turn out to be no item: that there is more is said by itself.
  if wanted == 'page' and found >= limit then answer[5], answer[6] = 1, page[found] end
  for i = 1, found do answer[#answer + 1] = row(page[i], '') end
  return answer
end

if lacking then
  answer[1], answer[6] = lacking[1], lacking[2]
  return answer
end

local function idOf(member)
  if holds == 'ids' then return member end
  local length = tonumber(string.match(member, '%z(%d+)$'))
  local stop = #member - #tostring(length) - 1
  return string.sub(member, stop - length + 1, stop)
end
local best, fewest
for i = 1, filters do
  local count = redis.call('ZLEXCOUNT', KEYS[4 + i], ARGV[at + 3 * i - 3], ARGV[at + 3 * i - 2])
  if count <= 1000 and (not fewest or count < fewest) then best, fewest = i, count end
end
if best then
  answer[1] = 'gather'
  holds = 'order'
  local seen = {}
  local members = redis.call('ZRANGEBYLEX', KEYS[4 + best], ARGV[at + 3 * best - 3], ARGV[at + 3 * best - 2])
  for _, member in ipairs(members) do
    local id = idOf(member)
    if not seen[id] then
      seen[id] = true
      answer[#answer + 1] = row(id, member)
    end
  end
  return answer
end

answer[1] = 'walk'
if ARGV[9] ~= '' then answer[4] = redis.call('ZLEXCOUNT', KEYS[4], ARGV[9], ARGV[10]) end
local left, got = 1000, 0
while left > 0 and got < limit do
  local step = math.min(left, limit - got)
  local members = backwards and redis.call('ZREVRANGEBYLEX', KEYS[4], last, first, 'LIMIT', 0, step)
    or redis.call('ZRANGEBYLEX', KEYS[4], first, last, 'LIMIT', 0, step)
  for _, member in ipairs(members) do
    local found = row(idOf(member), member)
    if found[3] then got = got + 1 end
    answer[#answer + 1] = found
    answer[6] = member
  end
  left = left - #members
  if #members < step then return answer end
  if backwards then last = '(' .. answer[6] else first = '(' .. answer[6] end
end
answer[5] = 1
return answer
`

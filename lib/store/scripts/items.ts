/**
 * Reads one page of accounts in the order of their addresses' UTF-8 bytes. Read-only.
 *
 * In a small keyspace SCAN finds every account, also one that was typed a moment ago; elsewhere the
 * index names them, and the script looks at a bounded stretch of it.
 *
 * SCAN runs to its end (its first page alone would miss items) and the page is kept sorted while it
 * runs; SCAN may name a key twice, the page does not. Keys that are no hashes, or no
 * UTF-8, are passed over: no URL could name them. Bytes are compared one by one because Lua's
 * `<` follows the server's locale.
 *
 * KEYS: index. ARGV: prefix, the prefix as a glob pattern, the id to start after ('' for the start),
 * how many, up to how many keys SCAN serves, then the fields. Returns `{more, {id, {values}}…}`.
 */
export const LIST_ITEMS = `
local prefix, pattern, after, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local fields = {}
for i = 6, #ARGV do fields[#fields + 1] = ARGV[i] end
local byte = string.byte
local function less(a, b)
  local la, lb = #a, #b
  for i = 1, math.min(la, lb) do
    local x, y = byte(a, i), byte(b, i)
    if x ~= y then return x < y end
  end
  return la < lb
end
local page, size = {}, 0
local function place(id)
  if size > limit and not less(id, page[size]) then return end
  local low, high = 1, size + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if less(page[middle], id) then low = middle + 1 else high = middle end
  end
  if page[low] == id then return end
  table.insert(page, low, id)
  if size > limit then page[size + 1] = nil else size = size + 1 end
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
if redis.call('DBSIZE') > tonumber(ARGV[5]) then
  local answer, first = {0}, after == '' and '-' or '(' .. after
  for step = 1, 20 do
    local ids = redis.call('ZRANGEBYLEX', KEYS[1], first, '+', 'LIMIT', 0, 100)
    for _, id in ipairs(ids) do
      local values = redis.pcall('HMGET', prefix .. id, unpack(fields))
      local there = not values.err and redis.call('EXISTS', prefix .. id) == 1
      if there and #answer > limit then
        answer[1] = 1
        return answer
      end
      if there then answer[#answer + 1] = {id, values} end
    end
    if #ids < 100 then return answer end
    first = '(' .. ids[#ids]
  end
  return answer
end
local cursor = '0'
repeat
  local reply = redis.call('SCAN', cursor, 'MATCH', pattern, 'COUNT', 1000, 'TYPE', 'hash')
  cursor = reply[1]
  for _, key in ipairs(reply[2]) do
    local id = string.sub(key, #prefix + 1)
    if id ~= '' and (after == '' or less(after, id)) and isText(id) then place(id) end
  end
until cursor == '0'
local answer = {size > limit and 1 or 0}
for i = 1, math.min(size, limit) do
  answer[#answer + 1] = {page[i], redis.call('HMGET', prefix .. page[i], unpack(fields))}
end
return answer
`

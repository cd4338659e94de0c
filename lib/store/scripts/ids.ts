/**
 * Whether an id comes before another, by the bytes of both: they are compared one by one because Lua's
 * `<` follows the server's locale.
 */
export const LESS = `
local function less(a, b)
  local la, lb, byte = #a, #b, string.byte
  for i = 1, math.min(la, lb) do
    local x, y = byte(a, i), byte(b, i)
    if x ~= y then return x < y end
  end
  return la < lb
end`

/**
 * Finds ids by their keys: hashes under a prefix (and its glob pattern), those behind `after` (`''` for the
 * start) in the order of `ahead`, at most the first `most`, sorted. Ids that are no UTF-8 are
 * passed over: no URL could name them.
 *
 * SCAN runs to its end (its first page alone would miss items) and the page is kept sorted while it
 * runs; SCAN may name a key twice, the page does not.
 */
export const SCAN_IDS = `
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
local function scanIds(prefix, pattern, after, most, ahead)
  local page, size = {}, 0
  local function place(id)
    if size >= most and not ahead(id, page[size]) then return end
    local low, high = 1, size + 1
    while low < high do
      local middle = math.floor((low + high) / 2)
      if ahead(page[middle], id) then low = middle + 1 else high = middle end
    end
    if page[low] == id then return end
    table.insert(page, low, id)
    if size >= most then page[size + 1] = nil else size = size + 1 end
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
  return page
end`

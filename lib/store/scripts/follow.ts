/** The arguments of {@link FOLLOW}: of each followed field its place, whether it is a list, and whereto it leads. */
export const FOLLOW_ARGS = [
  '...followedAt',
  '...followedLists',
  '...followedPrefixes',
  '...followedWidths',
  '...followedFields',
] as const

/**
 * Reads what fields of items refer to: for each of the fields the hashes under a prefix whose ids it has, each once, as
 * `{id, {values}}`, or `{id}` for one that is not there. It stops after a thousand of them, or 100,000 bytes: the caller
 * asks for what is missing. `items` is a list of the values of each.
 *
 * - `followedAt`: where a field stands among the values. `followedLists`: `1` for a list of ids as JSON.
 * - `followedPrefixes`, `followedFields`: of the hashes; the fields of all, one after the other, as many as
 *   `followedWidths` says.
 */
export const FOLLOW = `
local function follow(items)
  local answer, column, left, bytes = {}, 0, 1000, 100000
  for i = 1, #followedAt do
    local at, width = tonumber(followedAt[i]), tonumber(followedWidths[i])
    local names, seen, found = {}, {}, {}
    for k = 1, width do names[k] = followedFields[column + k] end
    column = column + width
    local function look(id)
      if type(id) ~= 'string' or seen[id] or left == 0 or bytes < 0 then return end
      seen[id] = true
      left = left - 1
      local values = redis.pcall('HMGET', followedPrefixes[i] .. id, unpack(names))
      if values.err then values = {} end
      local there = false
      for k = 1, #values do
        there = there or values[k]
        bytes = bytes - (values[k] and #values[k] or 0)
      end
      found[#found + 1] = there and {id, values} or {id}
    end
    for _, values in ipairs(items) do
      local value = values[at]
      if value and followedLists[i] == '1' then
        local isJson, ids = pcall(cjson.decode, value)
        if isJson and type(ids) == 'table' then for _, id in ipairs(ids) do look(id) end end
      elseif value then look(value) end
    end
    answer[i] = found
  end
  return answer
end`

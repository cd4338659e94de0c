import { word, words } from '../client/reply.ts'
import { script } from '../client/script.ts'

/**
 * Looks at some keys for traces of an account. `marks` says what is one, three words each: how the key begins, a
 * field of a hash, and its value; without a field it is a text that has the value in it.
 *
 * It looks at keys that nobody can name, and at the primary, where the newest are.
 */
export const FIND_TRACES = /* @__PURE__ */ script({
  name: 'find traces',
  locks: 'database',
  keys: [],
  args: ['cursor', 'count', '...marks'],
  lua: `
local reply, found = redis.call('SCAN', cursor, 'COUNT', count), {}
local function isTrace(key, prefix, field, value)
  if string.sub(key, 1, #prefix) ~= prefix then return false end
  if field ~= '' then return redis.pcall('HGET', key, field) == value end
  local text = redis.pcall('GET', key)
  return type(text) == 'string' and string.find(text, value, 1, true) ~= nil
end
for _, key in ipairs(reply[2]) do
  for at = 1, #marks, 3 do
    if isTrace(key, marks[at], marks[at + 1], marks[at + 2]) then
      found[#found + 1] = key
      break
    end
  end
end
return {'found', reply[1], found}
`,
  outcomes: { found: { cursor: word, found: words } },
})

import { word, words } from '../client/reply.ts'
import { script } from '../client/script.ts'

/**
 * Looks at some keys for traces of an account. `marks` says what is one, three words each: how the key begins, a
 * field of a hash, and its value; without a field it is a text that has the value in it. Somebody else may have
 * come to the address since: what has the id of an account (`uid`) is not known by its address, and a registration
 * that is open is theirs.
 *
 * It looks at keys that nobody can name, and at the primary, where the newest are.
 */
export const FIND_TRACES = /* @__PURE__ */ script({
  name: 'find traces',
  locks: 'database',
  keys: ['registrationsKey'],
  args: ['cursor', 'count', 'registrationPrefix', '...marks'],
  lua: `
local reply, found = redis.call('SCAN', cursor, 'COUNT', count), {}
local function isLater(key)
  if redis.pcall('HGET', key, 'uid') then return true end
  return string.sub(key, 1, #registrationPrefix) == registrationPrefix
    and redis.call('SISMEMBER', registrationsKey, string.sub(key, #registrationPrefix + 1)) == 1
end
local function isTrace(key, prefix, field, value)
  if string.sub(key, 1, #prefix) ~= prefix then return false end
  if field ~= '' then
    return redis.pcall('HGET', key, field) == value and not (field == 'user' and isLater(key))
  end
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

import { list } from '../client/reply.ts'
import { readScript } from '../client/script.ts'

/**
 * Reads keys of a collection for an operator who wants to know what is in them.
 *
 * Tells of each its type, of a hash the values of the declared fields, and the names of the others that it has.
 */
export const INSPECT_ITEMS = /* @__PURE__ */ readScript({
  name: 'inspect items',
  keys: ['...itemKeys'],
  args: ['...names'],
  lua: `
local declared = {}
for _, name in ipairs(names) do declared[name] = true end
local found = {}
for at, key in ipairs(itemKeys) do
  local kind = redis.call('TYPE', key).ok
  local values, others = {}, {}
  if kind == 'hash' then
    values = redis.call('HMGET', key, unpack(names))
    for _, name in ipairs(redis.call('HKEYS', key)) do
      if not declared[name] then others[#others + 1] = name end
    end
  end
  found[at] = {kind, values, others}
end
return {'read', found}
`,
  outcomes: { read: { found: list } },
})

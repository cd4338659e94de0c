import { list, text } from '../client/reply.ts'
import { readScript } from '../client/script.ts'

/**
 * Reads events, newest first: `{{id, {field, value…}}…}`, and the cursor where to go on, if there is more.
 *
 * `before` is the id to read before (`+` for the newest), `most` how many to look at for `limit`, `kind`
 * may be `''`, `names` are those of a user, none for all.
 */
export const LIST_EVENTS = /* @__PURE__ */ readScript({
  name: 'list events',
  keys: ['eventsKey'],
  args: ['before', 'limit: number', 'most: number', 'kind', '...names'],
  lua: `
local start = before == '+' and '+' or '(' .. before
local wanted, page = {}, {}
for _, name in ipairs(names) do wanted[name] = true end
local all = kind == '' and #names == 0
local function isMeant(pairs)
  local fields = {}
  for i = 1, #pairs, 2 do fields[pairs[i]] = pairs[i + 1] end
  return (kind == '' or fields['type'] == kind) and (#names == 0 or wanted[fields['user']] ~= nil)
end
local rows = redis.call('XREVRANGE', eventsKey, start, '-', 'COUNT', (all and limit or most) + 1)
for i, row in ipairs(rows) do
  if #page == limit or i > most then return {'listed', page, rows[i - 1][1]} end
  if all or isMeant(row[2]) then page[#page + 1] = row end
end
return {'listed', page, ''}
`,
  outcomes: { listed: { events: list, cursor: text } },
})

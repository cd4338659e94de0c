import { rows, text, texts, word } from '../client/reply.ts'
import { readScript } from '../client/script.ts'
import { LESS, SCAN_IDS } from './ids.ts'

/**
 * Reads one page of accounts in the order of their addresses' UTF-8 bytes, as `{id, {values}}` each.
 *
 * In a small keyspace (up to `fewKeys`) SCAN finds every account, also one that was typed a moment ago;
 * elsewhere the index names them, and the script looks at a bounded stretch of it: a page may have less than
 * there are. Keys that are no hashes are passed over. `pattern` is the prefix for SCAN, `after` the id to start after,
 * `''` for the start. Tells the id that the next page starts after, nil at the end.
 */
export const LIST_ITEMS = /* @__PURE__ */ readScript({
  name: 'list accounts',
  locks: 'database',
  keys: ['indexKey'],
  args: ['prefix', 'pattern', 'after', 'limit: number', 'fewKeys: number', '...fields'],
  lua: `${LESS}${SCAN_IDS}
local rows = {}
if redis.call('DBSIZE') > fewKeys then
  local first, last = after == '' and '-' or '(' .. after, false
  for step = 1, 20 do
    local ids = redis.call('ZRANGEBYLEX', indexKey, first, '+', 'LIMIT', 0, 100)
    for _, id in ipairs(ids) do
      local values = redis.pcall('HMGET', prefix .. id, unpack(fields))
      local there = not values.err and redis.call('EXISTS', prefix .. id) == 1
      if there and #rows == limit then return {'listed', last, rows} end
      if there then rows[#rows + 1] = {id, values} end
      last = id
    end
    if #ids < 100 then return {'listed', false, rows} end
    first = '(' .. last
  end
  return {'listed', last, rows}
end
local ids = scanIds(prefix, pattern, after, limit + 1, less)
for i = 1, math.min(#ids, limit) do
  rows[i] = {ids[i], redis.call('HMGET', prefix .. ids[i], unpack(fields))}
end
return {'listed', #ids > limit and ids[limit], rows}
`,
  outcomes: { listed: { next: text, items: /* @__PURE__ */ rows({ id: word, fields: texts }) } },
})

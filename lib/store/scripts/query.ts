import { flag, integer, list, word } from '../client/reply.ts'
import { readScript } from '../client/script.ts'
import { FOLLOW, FOLLOW_ARGS } from './follow.ts'
import { INDEX_STATE } from './healing.ts'
import { LESS, SCAN_IDS } from './ids.ts'
import { CLOCK } from './time.ts'

/** How many keys there are, the last healing, how far it came, and what the rows refer to. */
const FOUND = {
  keyspace: integer,
  healed: list,
  count: integer,
  more: flag,
  lastMember: word,
  rows: list,
  followed: (value: unknown) => (value === undefined ? [] : list(value)),
}

const KEYS = ['healedKey', 'statesKey', 'idsKey', 'walkKey', '...filterKeys'] as const
const ARGS = [
  'prefix',
  'pattern',
  'holds',
  'exact: boolean',
  'limit: number',
  'backwards: boolean',
  'first',
  'last',
  'wholeFirst',
  'wholeLast',
  'afterId',
  'fewKeys: number',
  'needed: number',
  'hold: number',
  'walkPrint',
  'counts: boolean',
  'countsOutside: boolean',
  'countsDistinct: boolean',
  '...filterGathers',
  '...filterPrints',
  '...stretchesOf',
  '...stretchFirsts',
  '...stretchLasts',
  '...fields',
] as const

/*
 * Said here, and not in the Lua, which every route with a list carries:
 * - `look` names what can be built before what must be waited for.
 * - Until the indexes are whole SCAN goes on a while, up to twice as many keys. What it reads may turn out to be no
 *   item: that there is more is said by itself.
 * - `each` visits the items that a filter's index names, each once, with the member that names it.
 */
const FIND = `${LESS}${SCAN_IDS}${CLOCK}${INDEX_STATE}
local function ahead(a, b)
  if backwards then return less(b, a) end
  return less(a, b)
end
local heavy = 0
local function row(id, member)
  local asked = heavy < 100000 and #fields or needed
  local values = redis.pcall('HMGET', prefix .. id, unpack(fields, 1, asked))
  if values.err then return {id, member} end
  if asked < #fields then return {id, member, values} end
  for i = needed + 1, #fields do heavy = heavy + (values[i] and #values[i] or 0) end
  for i = 1, #fields do if values[i] then return {id, member, values} end end
  return {id, member}
end
local function find()
  local size, now = redis.call('DBSIZE'), clock()
  local healed = redis.call('HMGET', healedKey, 'at', 'took', 'keys', 'idle')
  for i = 1, 4 do healed[i] = tonumber(healed[i] or '') or -1 end
  if healed[1] >= 0 then healed[1] = math.max(0, now - healed[1]) end
  local rows = {}
  local lacking
  local function look(key, print)
    local state = indexState(statesKey, idsKey, key, print, now, hold)
    if state ~= 'whole' and (not lacking or lacking[1] == 'held') then
      lacking = {state == 'held' and 'held' or 'unbuilt', key}
    end
  end
  look(walkKey, walkPrint)
  for i, key in ipairs(filterKeys) do look(key, filterPrints[i]) end

  if size <= fewKeys * (lacking and 2 or 1) then
    local page = scanIds(prefix, pattern, afterId, exact and limit or math.huge, ahead)
    for i, id in ipairs(page) do rows[i] = row(id, '') end
    local full = exact and #page >= limit
    return {'small', size, healed, -1, full and 1 or 0, full and page[#page] or '', rows}
  end

  if lacking then return {lacking[1], size, healed, -1, 0, lacking[2], rows} end

  local function idOf(member, isId)
    if isId then return member end
    local length = tonumber(string.match(member, '%z(%d+)$'))
    local stop = #member - #tostring(length) - 1
    return string.sub(member, stop - length + 1, stop)
  end
  local sums = {}
  for i = 1, #filterKeys do sums[i] = 0 end
  for i, of in ipairs(stretchesOf) do
    of = tonumber(of)
    sums[of] = sums[of] + redis.call('ZLEXCOUNT', filterKeys[of], stretchFirsts[i], stretchLasts[i])
  end
  local function each(filter, visit)
    local seen = {}
    for i, of in ipairs(stretchesOf) do
      if tonumber(of) == filter then
        local members = redis.call('ZRANGEBYLEX', filterKeys[filter], stretchFirsts[i], stretchLasts[i])
        for _, member in ipairs(members) do
          local id = idOf(member, false)
          if not seen[id] then
            seen[id] = true
            visit(id, member)
          end
        end
      end
    end
  end
  local best
  for i, sum in ipairs(sums) do
    if filterGathers[i] == '1' and sum <= 1000 and (not best or sum < sums[best]) then best = i end
  end
  if best then
    each(best, function(id, member) rows[#rows + 1] = row(id, member) end)
    return {'gather', size, healed, -1, 0, '', rows}
  end

  local count = wholeFirst == '' and -1 or redis.call('ZLEXCOUNT', walkKey, wholeFirst, wholeLast)
  if counts and (not countsDistinct or sums[1] <= 10000) then
    count = sums[1]
    if countsDistinct then
      count = 0
      each(1, function() count = count + 1 end)
    end
    if countsOutside then count = redis.call('ZCARD', idsKey) - count end
    if count > 100000 then count = -1 end
  end
  local left, got, lastMember = 1000, 0, ''
  while left > 0 and got < limit do
    local step = math.min(left, limit - got)
    local members = backwards and redis.call('ZREVRANGEBYLEX', walkKey, last, first, 'LIMIT', 0, step)
      or redis.call('ZRANGEBYLEX', walkKey, first, last, 'LIMIT', 0, step)
    for _, member in ipairs(members) do
      local found = row(idOf(member, holds == 'ids'), member)
      if found[3] then got = got + 1 end
      rows[#rows + 1] = found
      lastMember = member
    end
    left = left - #members
    if #members < step then return {'walk', size, healed, count, 0, lastMember, rows} end
    if backwards then last = '(' .. lastMember else first = '(' .. lastMember end
  end
  return {'walk', size, healed, count, 1, lastMember, rows}
end
`

/**
 * Reads what one page of a collection is made of. Its cost has a bound whatever the collection's size: it
 * looks at a thousand items at most.
 *
 * Three ways, each right for what the indexes hold, and none where one of them is not whole:
 * - `small`: the keyspace has few keys. SCAN finds every hash, also one that nobody has
 *   indexed; with `exact` the script keeps the page sorted while it runs, else every hash is an answer.
 * - `gather`: a filter's index names up to a thousand items. All of them are the answer, unsorted.
 * - `walk`: along an index, in its order, from where the last page ended.
 *
 * Keys that are no hashes are passed over.
 *
 * - `pattern`: the prefix for SCAN. `holds`: `ids` or `order`, what the walked index holds.
 * - `first`, `last`: where the walk begins and ends; `wholeFirst`, `wholeLast` the same without a cursor,
 *   `''` when nobody counts. `afterId`: the id to start after, `''` for the start.
 * - `filterGathers`: whether a filter's index names the items that may pass. `stretchesOf`, `stretchFirsts`,
 *   `stretchLasts`: which filter a stretch is of, and its ends.
 * - `counts`: whether the first filter's index counts the matches, up to 100,000 of them; `countsOutside`: those are
 *   all but the ones it names; `countsDistinct`: it may name one several times.
 * - `fewKeys`: how many keys are few. `hold`: how many milliseconds a claim of another declaration holds.
 * - `needed`: how many of the fields the caller needs to choose rows; they come first. When the
 *   other fields have come to 100,000 bytes, rows come with the needed ones alone.
 *
 * Tells the way; keys; milliseconds since the last healing, how many it took, the keys before it, how many
 * in a row found nothing (-1 for unknown); the count or -1; 1 for more; the last member looked at;
 * and `{id, member, {values}}` for each row. A member whose hash is gone has no values. Where an index is
 * not whole the way is `unbuilt`, or `held` while the claim of another declaration holds, with the
 * index in the place of the last member.
 */
export const QUERY_ITEMS = /* @__PURE__ */ readScript({
  name: 'query items',
  locks: 'database',
  keys: [...KEYS],
  args: [...ARGS],
  lua: `${FIND}return find()
`,
  outcomes: { small: FOUND, gather: FOUND, walk: FOUND, unbuilt: FOUND, held: FOUND },
})

/** The same, and what fields of the rows refer to: see {@link FOLLOW}. */
export const QUERY_ITEMS_AND_FOLLOW = /* @__PURE__ */ readScript({
  name: 'query items and follow',
  locks: 'database',
  keys: [...KEYS],
  args: [...ARGS, ...FOLLOW_ARGS],
  lua: `${FIND}${FOLLOW}
local reply, items = find(), {}
for _, found in ipairs(reply[7]) do items[#items + 1] = found[3] end
reply[8] = follow(items)
return reply
`,
  outcomes: { small: FOUND, gather: FOUND, walk: FOUND, unbuilt: FOUND, held: FOUND },
})

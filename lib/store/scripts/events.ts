import { list, text, word } from '../client/reply.ts'
import { readScript, script } from '../client/script.ts'

/** The keys of an event: the stream, the ids of its kind by owner, how many each owner has. */
export const EVENT_KEYS = ['eventsKey', 'eventIdsKey', 'eventCountsKey'] as const

/**
 * The arguments of an event: how many the stream may have, the owner, how many the owner and the kind
 * may have, then field, value and so on.
 */
export const EVENT_ARGS = [
  'mostEvents',
  'owner',
  'mostOfOwner: number',
  'mostOfKind: number',
  '...eventWords',
] as const

/**
 * Adds a security event to the trail. Each kind is capped by itself, and within a kind each owner: a
 * user, or the address of a stranger. Who is over their own cap loses their oldest event of the kind.
 * Over the cap of the kind, whoever has most events of it loses their oldest, so that many owners
 * together do not push out the few events of another. Of owners who have equally many, the one who
 * did something just now goes last.
 *
 * It is given {@link EVENT_KEYS} and {@link EVENT_ARGS}, and returns the id.
 */
export const RECORD = `
local function record(stream, ids, counts, most, owner, mostOfOwner, mostOfKind, words)
  local id = redis.call('XADD', stream, 'MAXLEN', '~', most, '*', unpack(words))
  -- In the order of letters, which is that of time for equally many digits.
  local at, n = string.match(id, '^(%d+)%-(%d+)$')
  redis.call('ZADD', ids, 0, owner .. '\\n' .. at .. '-' .. string.rep('0', 10 - #n) .. n)
  local function drop(name)
    local oldest = redis.call('ZRANGEBYLEX', ids, '[' .. name .. '\\n', '(' .. name .. '\\v', 'LIMIT', 0, 1)[1]
    if not oldest then return redis.call('ZREM', counts, name) end
    redis.call('ZREM', ids, oldest)
    local ms, number = string.match(oldest, '(%d+)%-0*(%d+)$')
    redis.call('XDEL', stream, ms .. '-' .. number)
    if tonumber(redis.call('ZINCRBY', counts, -1, name)) <= 0 then redis.call('ZREM', counts, name) end
  end
  if tonumber(redis.call('ZINCRBY', counts, 1, owner)) > mostOfOwner then drop(owner) end
  while redis.call('ZCARD', ids) > mostOfKind do
    local most, many, next, asMany = unpack(redis.call('ZREVRANGE', counts, 0, 1, 'WITHSCORES'))
    if not most then break end
    drop(most == owner and many == asMany and next or most)
  end
  return id
end`

/** Adds an event. See {@link RECORD}. */
export const RECORD_EVENT = script({
  name: 'record event',
  keys: [...EVENT_KEYS],
  args: [...EVENT_ARGS],
  lua: `${RECORD}
return {'recorded', record(eventsKey, eventIdsKey, eventCountsKey,
  mostEvents, owner, mostOfOwner, mostOfKind, eventWords)}
`,
  outcomes: { recorded: { id: word } },
})

/**
 * Reads events, newest first: `{{id, {field, value…}}…}`, and the cursor where to go on, if there is more.
 *
 * `before` is the id to read before (`+` for the newest), `most` how many to look at for `limit`, `kind`
 * may be `''`, `names` are those of a user, none for all.
 */
export const LIST_EVENTS = readScript({
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

import { word } from '../client/reply.ts'
import { script } from '../client/script.ts'

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
export const RECORD_EVENT = /* @__PURE__ */ script({
  name: 'record event',
  keys: [...EVENT_KEYS],
  args: [...EVENT_ARGS],
  lua: `${RECORD}
return {'recorded', record(eventsKey, eventIdsKey, eventCountsKey,
  mostEvents, owner, mostOfOwner, mostOfKind, eventWords)}
`,
  outcomes: { recorded: { id: word } },
})

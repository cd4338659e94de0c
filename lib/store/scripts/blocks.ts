import { integer, list } from '../client/reply.ts'
import { readScript, script } from '../client/script.ts'
import { CLOCK, WHOLE } from './time.ts'

/**
 * What is kept out is one hash, of one line each: until when (milliseconds, or ''), when it was made,
 * who (JSON), why (JSON). What is over is not told, and goes with the next one that is made.
 */
const LINES = '^(%d*)\\n(%d+)\\n([^\\n]*)\\n(.*)$'

/** Adds a block, and takes away those that are over. `until` is `''` for one without an end. */
export const ADD_BLOCK = /* @__PURE__ */ script({
  name: 'add block',
  keys: ['blocksKey'],
  args: ['id', 'untilWhen', 'who', 'why', 'most: number'],
  lua: `${CLOCK}${WHOLE}
local now, all = clock(), redis.call('HGETALL', blocksKey)
for i = 1, #all, 2 do
  local ends = tonumber((string.match(all[i + 1], '^%d*')))
  if ends and ends <= now then redis.call('HDEL', blocksKey, all[i]) end
end
if redis.call('HLEN', blocksKey) >= most then return {'full'} end
redis.call('HSET', blocksKey, id, table.concat({untilWhen, whole(now), who, why}, '\\n'))
return {'added', whole(now)}
`,
  outcomes: { added: { createdAt: integer }, full: {} },
})

/** Ends a block. */
export const REMOVE_BLOCK = /* @__PURE__ */ script({
  name: 'remove block',
  keys: ['blocksKey'],
  args: ['id'],
  lua: `
return {redis.call('HDEL', blocksKey, id) == 1 and 'removed' or 'unknown'}
`,
  outcomes: { removed: {}, unknown: {} },
})

/** Lists what is kept out now: `{id, until, made, who, why}` each, or with `whoAlone` only who. */
export const LIST_BLOCKS = /* @__PURE__ */ readScript({
  name: 'list blocks',
  keys: ['blocksKey'],
  args: ['whoAlone: boolean'],
  lua: `${CLOCK}
local now, all, live = clock(), redis.call('HGETALL', blocksKey), {}
for i = 1, #all, 2 do
  local ends, made, who, why = string.match(all[i + 1], '${LINES}')
  if who and (tonumber(ends) or math.huge) > now then
    live[#live + 1] = whoAlone and who or {all[i], ends, made, who, why}
  end
end
return {'listed', live}
`,
  outcomes: { listed: { blocks: list } },
})

/**
 * Takes away what keeps out an account that is gone, or one of its API keys, also what is over; and from other
 * blocks that the account made them. `names` are its address, its id and the ids of its API keys.
 */
export const FORGET_BLOCKS = /* @__PURE__ */ script({
  name: 'forget blocks',
  keys: ['blocksKey'],
  args: ['...names'],
  lua: `
local gone, all = {}, redis.call('HGETALL', blocksKey)
for _, name in ipairs(names) do gone[name] = true end
local function read(json)
  local isJson, value = pcall(cjson.decode, json or '')
  return isJson and type(value) == 'table' and value or {}
end
for i = 1, #all, 2 do
  local ends, made, who, why = string.match(all[i + 1], '${LINES}')
  local blocked, about = read(who), read(why)
  local isGone = gone[blocked.key]
  for _, user in ipairs(type(blocked.users) == 'table' and blocked.users or {}) do isGone = isGone or gone[user] end
  if isGone then redis.call('HDEL', blocksKey, all[i])
  elseif gone[about.by] then
    about.by = nil
    redis.call('HSET', blocksKey, all[i], table.concat({ends, made, who, cjson.encode(about)}, '\\n'))
  end
end
return {'done'}
`,
  outcomes: { done: {} },
})

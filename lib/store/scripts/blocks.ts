import { STORE_TIME } from './parts.ts'

/**
 * What is kept out is one hash, of one line each: until when (milliseconds, or ''), when it was made,
 * who (JSON), why (JSON). What is over is not told, and goes with the next one that is made.
 */
const LINES = '^(%d*)\\n(%d+)\\n([^\\n]*)\\n(.*)$'

/**
 * Adds a block, and takes away those that are over. KEYS: blocks. ARGV: id, until or '', who, why, how
 * many there may be. Returns `{'added', now}` or `{'full'}`.
 */
export const ADD_BLOCK = `#!lua flags=allow-key-locking
${STORE_TIME}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local ends = tonumber((string.match(all[i + 1], '^%d*')))
  if ends and ends <= now then redis.call('HDEL', KEYS[1], all[i]) end
end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5]) then return {'full'} end
local made = string.format('%.0f', now)
redis.call('HSET', KEYS[1], ARGV[1], table.concat({ARGV[2], made, ARGV[3], ARGV[4]}, '\\n'))
return {'added', made}
`

/** Ends a block. KEYS: blocks. ARGV: id. Returns `{'removed'}` or `{'unknown'}`. */
export const REMOVE_BLOCK = `#!lua flags=allow-key-locking
return {redis.call('HDEL', KEYS[1], ARGV[1]) == 1 and 'removed' or 'unknown'}
`

/**
 * Lists what is kept out now. Read-only. KEYS: blocks. ARGV: `who` for that alone. Returns
 * `{{id, until, made, who, why}…}`, or `{who…}`.
 */
export const LIST_BLOCKS = `
${STORE_TIME}
local all, live = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  local ends, made, who, why = string.match(all[i + 1], '${LINES}')
  if who and (tonumber(ends) or math.huge) > now then
    live[#live + 1] = ARGV[1] == 'who' and who or {all[i], ends, made, who, why}
  end
end
return live
`

/**
 * Counts what an isolate has admitted, of many windows in one step, as `@upstash/ratelimit` counts one in
 * `fixedWindow`: the same key, which lives for one window from its first count.
 *
 * Exactly once: a telling whose answer was lost is sent again with its number, and then only reads.
 *
 * KEYS: the number of the isolate's last telling, then the counters. ARGV: this telling's number, how many
 * milliseconds to remember it, then for each counter what to add and its window in milliseconds. Returns
 * `{count…}`, -1 for a key that holds no number.
 */
export const TELL_COUNTS = `#!lua flags=allow-key-locking
local number = tonumber(ARGV[1])
local isRepeated = (tonumber(redis.call('GET', KEYS[1]) or '') or 0) >= number
if not isRepeated then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
local counts = {}
for i = 2, #KEYS do
  local add = isRepeated and 0 or tonumber(ARGV[2 * i - 1])
  local count = redis.pcall('INCRBY', KEYS[i], add)
  if type(count) ~= 'number' then
    count = -1
  elseif count == add then
    redis.call('PEXPIRE', KEYS[i], ARGV[2 * i])
  end
  counts[i - 1] = count
end
return counts
`

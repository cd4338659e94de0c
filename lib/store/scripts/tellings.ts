import { integer, texts } from '../client/reply.ts'
import { script } from '../client/script.ts'

/**
 * Counts what an isolate has admitted, of many windows in one step, as `@upstash/ratelimit` counts one in
 * `fixedWindow`: the same key, which lives for one window from its first count.
 *
 * Exactly once: a telling whose answer was lost is sent again with its number, and then only reads.
 *
 * `toldKey` has the number of the isolate's last telling, for `keep` milliseconds. `adds` and `windows`
 * (milliseconds) belong to the counters. A counter that holds no number is told as -1.
 */
export const TELL_COUNTS = /* @__PURE__ */ script({
  name: 'tell counts',
  keys: ['toldKey', '...counterKeys'],
  args: ['number: number', 'keep', '...adds', '...windows'],
  lua: `
local isRepeated = (tonumber(redis.call('GET', toldKey) or '') or 0) >= number
if not isRepeated then redis.call('SET', toldKey, string.format('%.0f', number), 'PX', keep) end
local counts = {}
for i, counterKey in ipairs(counterKeys) do
  local add = isRepeated and 0 or tonumber(adds[i])
  local count = redis.pcall('INCRBY', counterKey, add)
  if type(count) ~= 'number' then
    count = -1
  elseif count == add then
    redis.call('PEXPIRE', counterKey, windows[i])
  end
  counts[i] = tostring(count)
end
return {'told', counts}
`,
  outcomes: { told: { counts: texts } },
})

/**
 * Counts one request in a window of the calendar, unless as many as the limit were counted there. Exact; the
 * key lives for the length of the window (milliseconds) from its first count.
 */
export const COUNT_BELOW = /* @__PURE__ */ script({
  name: 'count below',
  keys: ['counterKey'],
  args: ['limit: number', 'window'],
  lua: `
local count = tonumber(redis.call('GET', counterKey) or '0') or limit
if count >= limit then return {'denied', string.format('%.0f', count)} end
count = redis.call('INCR', counterKey)
if count == 1 then redis.call('PEXPIRE', counterKey, window) end
return {'counted', tostring(count)}
`,
  outcomes: { counted: { count: integer }, denied: { count: integer } },
})

import { texts } from '../client/reply.ts'
import { script } from '../client/script.ts'

/**
 * Counts a request in several windows of one length, as `@upstash/ratelimit` counts it in one of
 * `fixedWindow`: the same keys, which live for one window (milliseconds) from their first count.
 */
export const COUNT_EACH = /* @__PURE__ */ script({
  name: 'count each',
  keys: ['...counterKeys'],
  args: ['window'],
  lua: `
local counts = {}
for i, counterKey in ipairs(counterKeys) do
  local count = redis.call('INCR', counterKey)
  if count == 1 then redis.call('PEXPIRE', counterKey, window) end
  counts[i] = tostring(count)
end
return {'counted', counts}
`,
  outcomes: { counted: { counts: texts } },
})

/**
 * Gives a counted request back (`one`), or clears the counts (`all`). A count never goes below zero: that
 * would allow more requests than the limit.
 */
export const GIVE_BACK_QUOTA = /* @__PURE__ */ script({
  name: 'give back',
  keys: ['...counterKeys'],
  args: ['amount'],
  lua: `
for _, counterKey in ipairs(counterKeys) do
  if amount == 'all' then
    redis.call('DEL', counterKey)
  elseif (tonumber(redis.call('GET', counterKey) or '0') or 0) > 0 then
    redis.call('DECR', counterKey)
  end
end
return {'done'}
`,
  outcomes: { done: {} },
})

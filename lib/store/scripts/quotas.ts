import { script } from '../client/script.ts'

/**
 * Gives a counted request back (`one`), or clears the count (`all`). The count never goes below zero: that
 * would allow more requests than the limit.
 */
export const GIVE_BACK_QUOTA = /* @__PURE__ */ script({
  name: 'give back',
  keys: ['counterKey'],
  args: ['amount'],
  lua: `
if amount == 'all' then
  redis.call('DEL', counterKey)
elseif (tonumber(redis.call('GET', counterKey) or '0') or 0) > 0 then
  redis.call('DECR', counterKey)
end
return {'done'}
`,
  outcomes: { done: {} },
})

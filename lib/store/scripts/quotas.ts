/**
 * Gives a counted request back, or clears the count. The count never goes below zero: that would allow
 * more requests than the limit.
 *
 * KEYS: the window's counter. ARGV: `one` or `all`. Returns `{'done'}`.
 */
export const GIVE_BACK = `#!lua flags=allow-key-locking
local counter, amount = KEYS[1], ARGV[1]
if amount == 'all' then
  redis.call('DEL', counter)
elseif (tonumber(redis.call('GET', counter) or '0') or 0) > 0 then
  redis.call('DECR', counter)
end
return {'done'}
`

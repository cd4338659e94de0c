/**
 * Writes a key, to see whether the store takes writes, and returns the eviction policy.
 * KEYS: a key that goes away at once. Returns `{policy or ''}`.
 */
export const PROBE = `#!lua flags=allow-key-locking
redis.call('SET', KEYS[1], '1', 'PX', 1000)
local memory = redis.pcall('INFO', 'memory')
return {type(memory) == 'string' and string.match(memory, 'maxmemory_policy:([%w-]+)') or ''}
`

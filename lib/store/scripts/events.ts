/**
 * Adds a security event, and lets the oldest go. KEYS: stream. ARGV: how many to keep, then field,
 * value and so on. Returns `{id}`.
 */
export const RECORD_EVENT = `#!lua flags=allow-key-locking
local kept = table.remove(ARGV, 1)
return {redis.call('XADD', KEYS[1], 'MAXLEN', '~', kept, '*', unpack(ARGV))}
`

/**
 * Reads events, newest first. Read-only. KEYS: stream. ARGV: the id to read before (`+` for the
 * newest), how many. Returns `{{id, {field, value…}}…}`.
 */
export const LIST_EVENTS = `
local before = ARGV[1] == '+' and '+' or '(' .. ARGV[1]
return redis.call('XREVRANGE', KEYS[1], before, '-', 'COUNT', ARGV[2])
`

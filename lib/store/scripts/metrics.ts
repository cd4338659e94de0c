const ADD = `for i = 1, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end`

/** Adds to counters. KEYS: metrics. ARGV: field, number and so on. Returns `{'told'}`. */
export const TELL_METRICS = `#!lua flags=allow-key-locking
${ADD}
return {'told'}
`

/**
 * Adds to counters, and reads them all: at the primary, so that no reader sees one go back. KEYS and
 * ARGV as {@link TELL_METRICS}. Returns `{field, number…}`.
 */
export const READ_METRICS = `#!lua flags=allow-key-locking
${ADD}
return redis.call('HGETALL', KEYS[1])
`

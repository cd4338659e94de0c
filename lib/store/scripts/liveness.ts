const BODY = `local session = redis.call('HMGET', KEYS[1], 'st', 'uid', 'gen')
local account = redis.call('HMGET', KEYS[2], 'level', 'disabled', 'emailVerified', 'gen', 'id')
return {session, account}
`

/** Reads the fields that say whether a session lives. Read-only. KEYS: session, account. */
export const READ_LIVENESS = BODY

/**
 * The same, but as a script that may write, so that a Global database runs it at the primary: a session
 * opened a moment ago may not have reached the replica that was asked first.
 */
export const LIVENESS_AT_PRIMARY = `#!lua flags=allow-key-locking
${BODY}`

import { instant, texts } from '../client/reply.ts'
import { readScript, script } from '../client/script.ts'

const DEFINITION = {
  name: 'liveness',
  keys: ['sessionKey', 'userKey'],
  lua: `
local session = redis.call('HMGET', sessionKey, 'st', 'uid', 'gen', 'createdAt', 'fresh')
local account = redis.call('HMGET', userKey, 'level', 'disabled', 'emailVerified', 'gen', 'id', 'plan')
return {'read', session, account, redis.call('TIME')}
`,
  outcomes: { read: { session: texts, account: texts, now: instant } },
} as const

/** Reads the fields that say whether a session lives, and how long ago its user signed in. */
export const READ_LIVENESS = /* @__PURE__ */ readScript(DEFINITION)

/**
 * The same, but as a script that may write, so that a Global database runs it at the primary: a session
 * opened a moment ago may not have reached the replica that was asked first.
 */
export const LIVENESS_AT_PRIMARY = /* @__PURE__ */ script({
  ...DEFINITION,
  name: 'liveness at the primary',
})

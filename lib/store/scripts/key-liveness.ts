import { integer, texts } from '../client/reply.ts'
import { readScript, script } from '../client/script.ts'
import { CLOCK, WHOLE } from './time.ts'

/** Notes that a key was used, if it is still there. */
export const TOUCH_KEY = /* @__PURE__ */ script({
  name: 'touch key',
  keys: ['keyKey'],
  lua: `${CLOCK}${WHOLE}
if redis.call('EXISTS', keyKey) == 1 then redis.call('HSET', keyKey, 'usedAt', whole(clock())) end
return {'done'}
`,
  outcomes: { done: {} },
})

/**
 * Reads an API key and, by the address in its record, its owner's account. API keys from before accounts
 * had ids have the address as `uid`. `userPrefix` is that of all accounts.
 */
export const KEY_LIVENESS = /* @__PURE__ */ readScript({
  name: 'key liveness',
  locks: 'database',
  keys: ['keyKey'],
  args: ['userPrefix'],
  lua: `${CLOCK}${WHOLE}
local key = redis.call('HMGET', keyKey, 'hash', 'old', 'oldUntil', 'uid', 'scopes', 'expiresAt', 'born', 'limit', 'older', 'olderUntil', 'user', 'kgen')
if not key[4] then return {'unknown'} end
for i = 1, 12 do key[i] = key[i] or '' end
local address = key[11] ~= '' and key[11] or key[4]
local account = redis.call('HMGET', userPrefix .. address, 'level', 'disabled', 'emailVerified', 'createdAt', 'password', 'id', 'kgen', 'plan')
-- Whether there is a password, never which.
account[5] = account[5] and '1'
return {'found', whole(clock()), key, account}
`,
  outcomes: { found: { now: integer, key: texts, account: texts }, unknown: {} },
})

import { integer, word, words } from '../client/reply.ts'
import { script } from '../client/script.ts'
import {
  BEGIN_GENERATION,
  COUNT_KEYS,
  END_KEYS,
  END_OTHERS,
  GENERATION,
  IDENTIFY,
  RAISE_GENERATION,
} from './parts.ts'
import { CLOCK, WHOLE } from './time.ts'

/**
 * Sets a password, if the account still has the one that was compared, and ends every session but
 * one in the same step: a refresh or a sign-in with the old password leaves nothing behind.
 *
 * An operator compares no hash, confirms the address by it, and clears the failed sign-ins: who
 * chooses the password of an account answers for it. `compared` is `''` for an operator, `kept` where no session goes on.
 */
export const CHANGE_PASSWORD = /* @__PURE__ */ script({
  name: 'change password',
  keys: ['userKey', 'sessionsKey', 'sessionKey', 'keysKey'],
  args: ['accountId', 'kept', 'compared', 'replacement', 'endsKeys: boolean'],
  lua: `${CLOCK}${WHOLE}${GENERATION}${BEGIN_GENERATION}${RAISE_GENERATION}${END_OTHERS}${COUNT_KEYS}${END_KEYS}
local now = clock()
if redis.call('EXISTS', userKey) == 0 then return {'refused'} end
if compared ~= '' and redis.call('HGET', userKey, 'password') ~= compared then return {'refused'} end
endOthers(userKey, sessionsKey, sessionKey, accountId, kept)
redis.call('HSET', userKey, 'password', replacement)
redis.call('HDEL', userKey, 'reset')
if compared == '' and redis.call('HEXISTS', userKey, 'emailVerified') == 1 then
  redis.call('HSET', userKey, 'emailVerified', '1')
end
if compared == '' then redis.call('HSET', userKey, 'unlockedAt', whole(now)) end
local count = countKeys(keysKey, now)
return {'done', count, endsKeys and endKeys(userKey, keysKey) or {}}
`,
  outcomes: { done: { keyCount: integer, endedKeys: words }, refused: {} },
})

/** Replaces a hash by one of the same password, or a sealed secret by the same one, if it is still there. */
export const REPLACE_FIELD = /* @__PURE__ */ script({
  name: 'replace field',
  keys: ['userKey'],
  args: ['field', 'old', 'replacement'],
  lua: `
if redis.call('HGET', userKey, field) == old then redis.call('HSET', userKey, field, replacement) end
return {'done'}
`,
  outcomes: { done: {} },
})

/** Gives an account its id, if it has none. `freshKey` is `uid:` of the fresh id. */
export const IDENTIFY_ACCOUNT = /* @__PURE__ */ script({
  name: 'identify account',
  keys: ['userKey', 'freshKey'],
  args: ['address', 'fresh'],
  lua: `${IDENTIFY}
if redis.call('EXISTS', userKey) == 0 then return {'unknown'} end
return {'done', identify(userKey, address, freshKey, '', freshKey, fresh)}
`,
  outcomes: { done: { accountId: word }, unknown: {} },
})

/** Sets an account's name, or with `''` removes it; never makes an account. */
export const RENAME = /* @__PURE__ */ script({
  name: 'rename',
  keys: ['userKey'],
  args: ['name'],
  lua: `
if redis.call('EXISTS', userKey) == 0 then return {'done'} end
if name == '' then redis.call('HDEL', userKey, 'name') else redis.call('HSET', userKey, 'name', name) end
return {'done'}
`,
  outcomes: { done: {} },
})

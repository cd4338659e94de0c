import { integer, text, word, words } from '../client/reply.ts'
import { script } from '../client/script.ts'
import {
  BEGIN_GENERATION,
  COUNT_KEYS,
  END_KEYS,
  ENTRY,
  GENERATION,
  IDENTIFY,
  RAISE_GENERATION,
} from './parts.ts'
import { CLOCK, WHOLE } from './time.ts'

/**
 * Claims a token for one of several requests that bring it at once, so that one of them hashes the
 * password. A claim whose request died lapses after ten seconds.
 */
export const CLAIM_TOKEN = /* @__PURE__ */ script({
  name: 'claim token',
  keys: ['onceKey'],
  args: ['kind', 'claim'],
  lua: `${CLOCK}${WHOLE}
local now, token = clock(), redis.call('HMGET', onceKey, 'kind', 'uid', 'until')
if token[1] ~= kind or now < (tonumber(token[3] or '0') or 0) then return {'refused'} end
redis.call('HSET', onceKey, 'by', claim, 'until', whole(now + 10000))
return {'claimed', token[2]}
`,
  outcomes: { claimed: { userId: text }, refused: {} },
})

/** Lets go of a claim that was not used. */
export const RELEASE_TOKEN = /* @__PURE__ */ script({
  name: 'release token',
  keys: ['onceKey'],
  args: ['claim'],
  lua: `
if redis.call('HGET', onceKey, 'by') == claim then redis.call('HDEL', onceKey, 'by', 'until') end
return {'done'}
`,
  outcomes: { done: {} },
})

/**
 * Sets a password by a claimed token, and ends every session and every API key in the same step. Who
 * holds the token has read the address's mail: the address is confirmed, and the network that the
 * request came from (`device`, or `''`) is known from then on, for `deviceTtl` ms.
 */
export const RESET_PASSWORD = /* @__PURE__ */ script({
  name: 'reset password',
  keys: ['userKey', 'sessionsKey', 'keysKey', 'onceKey', 'devicesKey', 'freshKey'],
  args: ['address', 'claim', 'tokenHash', 'replacement', 'device', 'deviceTtl', 'fresh'],
  lua: `${CLOCK}${WHOLE}${GENERATION}${BEGIN_GENERATION}${RAISE_GENERATION}${COUNT_KEYS}${END_KEYS}${IDENTIFY}${ENTRY}
if redis.call('HGET', onceKey, 'by') ~= claim then return {'refused'} end
redis.call('DEL', onceKey)
if redis.call('HGET', userKey, 'reset') ~= tokenHash or not isEnabled(redis.call('HGET', userKey, 'disabled')) then
  return {'refused'}
end
local now = clock()
raiseGeneration(userKey)
redis.call('DEL', sessionsKey)
redis.call('HSET', userKey, 'password', replacement)
redis.call('HDEL', userKey, 'reset')
if not isVerified(redis.call('HGET', userKey, 'emailVerified')) then
  redis.call('HSET', userKey, 'emailVerified', '1')
end
if device ~= '' then
  redis.call('ZADD', devicesKey, whole(now), device)
  redis.call('PEXPIRE', devicesKey, deviceTtl)
end
local count = countKeys(keysKey, now)
local id = identify(userKey, address, freshKey, '', freshKey, fresh)
return {'done', id, count, endKeys(userKey, keysKey)}
`,
  outcomes: { done: { accountId: word, endedKeys: integer, keyIds: words }, refused: {} },
})

import { script } from '../client/script.ts'
import { OWN_SESSION } from './own-session.ts'
import { SPEND_CODE } from './parts.ts'
import { CLOCK, WHOLE } from './time.ts'

/**
 * Keeps a sealed secret until a code of it confirms that the owner's app has it, for `ttl` ms. The next
 * one takes its place. An account that has TOTP keeps it: who has the password alone could put a secret
 * of their own there.
 */
export const KEEP_PENDING_TOTP = /* @__PURE__ */ script({
  name: 'keep pending totp',
  keys: ['userKey', 'totpKey', 'sessionKey'],
  args: ['accountId', 'sealed', 'ttl'],
  lua: `${OWN_SESSION}
if not ownSession(sessionKey, userKey, accountId) then return {'refused'} end
if redis.call('HEXISTS', userKey, 'totp') == 1 then return {'enabled'} end
redis.call('DEL', totpKey)
redis.call('HSET', totpKey, 'pending', sealed)
redis.call('PEXPIRE', totpKey, ttl)
return {'kept'}
`,
  outcomes: { kept: {}, enabled: {}, refused: {} },
})

/**
 * Turns TOTP on with the secret that was pending, once: `step` is that of the code that confirmed it,
 * and is used up with it. `recoveryCodes` are hashes.
 */
export const ENABLE_TOTP = /* @__PURE__ */ script({
  name: 'enable totp',
  keys: ['userKey', 'totpKey', 'sessionKey'],
  args: ['accountId', 'sealed', 'step', '...recoveryCodes'],
  lua: `${CLOCK}${WHOLE}${OWN_SESSION}
if not ownSession(sessionKey, userKey, accountId) or redis.call('HEXISTS', userKey, 'totp') == 1
  or redis.call('HGET', totpKey, 'pending') ~= sealed then return {'refused'} end
redis.call('DEL', totpKey)
redis.call('HSET', totpKey, 'step', step, 'createdAt', whole(clock()))
for _, code in ipairs(recoveryCodes) do redis.call('HSET', totpKey, code, '1') end
redis.call('HSET', userKey, 'totp', sealed)
return {'done'}
`,
  outcomes: { done: {}, refused: {} },
})

/** Turns TOTP off by a code, which it uses up. `step` is `''` for a recovery code, `recovery` for a step. */
export const DISABLE_TOTP = /* @__PURE__ */ script({
  name: 'disable totp',
  keys: ['userKey', 'totpKey'],
  args: ['accountId', 'compared', 'step', 'recovery'],
  lua: `${SPEND_CODE}
local user = redis.call('HMGET', userKey, 'id', 'totp')
if user[1] ~= accountId or user[2] ~= compared then return {'refused'} end
if not spendCode(totpKey, step, recovery) then return {'spent'} end
redis.call('HDEL', userKey, 'totp')
redis.call('DEL', totpKey)
return {'done'}
`,
  outcomes: { done: {}, refused: {}, spent: {} },
})

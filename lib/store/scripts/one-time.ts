import { script } from '../client/script.ts'
import { ENTRY, WAITS } from './parts.ts'

/**
 * Issues a token that sets a new password; the one before is void: the account's field `reset` names
 * the newest. The token itself is in the mail alone.
 *
 * If there is no account but a registration of the address, the token confirms the address: it is a link
 * that was asked for again, without a password. So `pending` costs the same as `issued`.
 *
 * `kind` is `verify` or `reset`; lifetimes are in ms.
 */
export const ISSUE_TOKEN = /* @__PURE__ */ script({
  name: 'issue token',
  keys: ['userKey', 'onceKey', 'registrationKey', 'registrationsKey'],
  args: ['address', 'kind', 'tokenHash', 'ttl', 'registrationTtl'],
  lua: `${ENTRY}${WAITS}
local exists = redis.call('EXISTS', userKey) == 1
if exists and not waits(userKey) then
  if kind ~= 'reset' or not isEnabled(redis.call('HGET', userKey, 'disabled')) then return {'refused'} end
  redis.call('HSET', userKey, 'reset', tokenHash)
  redis.call('HSET', onceKey, 'kind', kind, 'uid', address)
  redis.call('PEXPIRE', onceKey, ttl)
  return {'issued'}
end
if not exists and redis.call('EXISTS', registrationsKey) == 0 then return {'refused'} end
redis.call('HSET', registrationKey, 'user', address)
redis.call('PEXPIRE', registrationKey, registrationTtl)
redis.call('SADD', registrationsKey, tokenHash)
redis.call('PEXPIRE', registrationsKey, registrationTtl)
return {'pending'}
`,
  outcomes: { issued: {}, pending: {}, refused: {} },
})

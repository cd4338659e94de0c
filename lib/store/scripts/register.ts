import { script } from '../client/script.ts'
import { ENTRY, MAY_ENTER, WAITS } from './parts.ts'

/**
 * Keeps a registration until its link is followed: the address and the password that came with it,
 * under the hash of the link's token. The account is not touched: registering an address again does not
 * change an earlier registration. `exists` is an account that may sign in; `ttl` is in ms.
 */
export const REGISTER = /* @__PURE__ */ script({
  name: 'register',
  keys: ['userKey', 'registrationKey', 'registrationsKey'],
  args: ['address', 'passwordHash', 'tokenHash', 'ttl'],
  lua: `${ENTRY}${MAY_ENTER}${WAITS}
if redis.call('EXISTS', userKey) == 1 then
  if mayEnter(userKey) then return {'exists'} end
  if not waits(userKey) then return {'refused'} end
end
redis.call('HSET', registrationKey, 'user', address, 'password', passwordHash)
redis.call('PEXPIRE', registrationKey, ttl)
redis.call('SADD', registrationsKey, tokenHash)
redis.call('PEXPIRE', registrationsKey, ttl)
return {'registered'}
`,
  outcomes: { registered: {}, exists: {}, refused: {} },
})

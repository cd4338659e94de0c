import { script } from '../client/script.ts'
import { GENERATION } from './parts.ts'
import { CLOCK, WHOLE } from './time.ts'

/** Notes in a session that its user has proven anew who they are, if it is live and of this account. */
export const FRESHEN_SESSION = /* @__PURE__ */ script({
  name: 'freshen session',
  keys: ['sessionKey', 'userKey'],
  args: ['accountId'],
  lua: `${CLOCK}${WHOLE}${GENERATION}
local session = redis.call('HMGET', sessionKey, 'st', 'uid', 'gen')
local own = session[1] == 'live' and session[2] == accountId
if not own or (session[3] or '0') ~= generation(userKey) then return {'refused'} end
redis.call('HSET', sessionKey, 'fresh', whole(clock()))
return {'done'}
`,
  outcomes: { done: {}, refused: {} },
})

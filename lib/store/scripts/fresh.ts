import { script } from '../client/script.ts'
import { OWN_SESSION } from './own-session.ts'
import { CLOCK, WHOLE } from './time.ts'

/** Notes in a session that its user has proven anew who they are, if it is live and of this account. */
export const FRESHEN_SESSION = /* @__PURE__ */ script({
  name: 'freshen session',
  keys: ['sessionKey', 'userKey'],
  args: ['accountId'],
  lua: `${CLOCK}${WHOLE}${OWN_SESSION}
if not ownSession(sessionKey, userKey, accountId) then return {'refused'} end
redis.call('HSET', sessionKey, 'fresh', whole(clock()))
return {'done'}
`,
  outcomes: { done: {}, refused: {} },
})

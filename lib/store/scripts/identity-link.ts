import { word } from '../client/reply.ts'
import { script } from '../client/script.ts'
import { KEEP_IDENTITY } from './keep-identity.ts'
import { ENTRY, GENERATION, MAY_ENTER } from './parts.ts'
import { CLOCK, WHOLE } from './time.ts'

/**
 * Joins an identity to the account of a session, if the session lives and the identity is nobody else's.
 * `assumed` is whose it is as the caller has read it, `''` for nobody, and `holderKey` the account of that
 * address: an identity of an account that is gone is nobody's. `cap` is how many an account may have.
 */
export const LINK_IDENTITY = /* @__PURE__ */ script({
  name: 'link identity',
  keys: ['identityKey', 'identitiesKey', 'userKey', 'sessionKey', 'holderKey'],
  args: ['accountId', 'address', 'assumed', 'cap: number', 'identityId', 'details'],
  lua: `${CLOCK}${WHOLE}${ENTRY}${MAY_ENTER}${GENERATION}${KEEP_IDENTITY}
local now, session = clock(), redis.call('HMGET', sessionKey, 'st', 'uid', 'gen', 'idle')
local lives = session[1] == 'live' and session[2] == accountId and now < (tonumber(session[4]) or 0)
if not lives or (session[3] or '0') ~= generation(userKey) then return {'ended'} end
if redis.call('HGET', userKey, 'id') ~= accountId or not mayEnter(userKey) then return {'ended'} end
local holder = redis.call('HMGET', identityKey, 'uid', 'user')
if (holder[1] or '') ~= assumed then return {'changed', holder[1] or '', holder[2] or ''} end
if holder[1] == accountId then return {'known'} end
if holder[1] and redis.call('HGET', holderKey, 'id') == holder[1] then return {'taken'} end
if redis.call('HLEN', identitiesKey) >= cap then return {'full'} end
keepIdentity(identityKey, identitiesKey, accountId, address, identityId, details, now)
return {'linked'}
`,
  outcomes: {
    linked: {},
    known: {},
    ended: {},
    taken: {},
    full: {},
    changed: { holder: word, holderAddress: word },
  },
})

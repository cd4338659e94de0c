import { flag, integer, text, word, words } from '../client/reply.ts'
import { readScript, script } from '../client/script.ts'
import { OWN_SESSION } from './own-session.ts'
import { ENTRY, GENERATION, MAY_ENTER, USE_PASSKEY, WAYS_IN } from './parts.ts'
import { OPENING_ARGS, OPENING_KEYS, OPENING_OUTCOMES, opening } from './sessions.ts'
import { CLOCK, WHOLE } from './time.ts'

/** Keeps a challenge for one ceremony of one purpose, for `ttl` ms. */
export const KEEP_CHALLENGE = /* @__PURE__ */ script({
  name: 'keep challenge',
  keys: ['challengeKey'],
  args: ['purpose', 'ttl'],
  lua: `
redis.call('SET', challengeKey, purpose, 'PX', ttl)
return {'kept'}
`,
  outcomes: { kept: {} },
})

/**
 * Begins the ceremony that makes a passkey: keeps its challenge, and tells the account's user handle, which
 * it gets at its first one, and the passkeys that it has. `handle` is a fresh one.
 */
export const BEGIN_PASSKEY = /* @__PURE__ */ script({
  name: 'begin passkey',
  keys: ['challengeKey', 'userKey', 'passkeysKey'],
  args: ['accountId', 'purpose', 'ttl', 'handle'],
  lua: `
if redis.call('HGET', userKey, 'id') ~= accountId then return {'refused'} end
redis.call('HSETNX', userKey, 'handle', handle)
redis.call('SET', challengeKey, purpose, 'PX', ttl)
local user = redis.call('HMGET', userKey, 'handle', 'name')
return {'begun', user[1], user[2], redis.call('HVALS', passkeysKey)}
`,
  outcomes: { begun: { handle: word, name: text, passkeys: words }, refused: {} },
})

/** Uses a challenge up, whatever it was for. `unknown`: none, over, used before, or of another purpose. */
export const TAKE_CHALLENGE = /* @__PURE__ */ script({
  name: 'take challenge',
  keys: ['challengeKey'],
  args: ['purpose'],
  lua: `
local kept = redis.call('GET', challengeKey)
redis.call('DEL', challengeKey)
return {kept == purpose and 'taken' or 'unknown'}
`,
  outcomes: { taken: {}, unknown: {} },
})

/**
 * The same for an assertion, and reads the passkey that it is of: whose it is, its id among the account's,
 * the user handle that it was made for, its public key.
 */
export const TAKE_ASSERTION = /* @__PURE__ */ script({
  name: 'take assertion',
  keys: ['challengeKey', 'passkeyKey'],
  args: ['purpose'],
  lua: `
local kept = redis.call('GET', challengeKey)
redis.call('DEL', challengeKey)
if kept ~= purpose then return {'no-challenge'} end
local passkey = redis.call('HMGET', passkeyKey, 'uid', 'user', 'id', 'handle', 'key')
if not passkey[1] then return {'unknown'} end
return {'found', unpack(passkey)}
`,
  outcomes: {
    found: { accountId: word, userId: word, passkeyId: word, handle: word, key: word },
    unknown: {},
    'no-challenge': {},
  },
})

/**
 * Adds a passkey to an account, if no account has its credential and this one may have one more. `entry` is
 * JSON, to which the time is added; `publicKey` is a JWK.
 */
export const ADD_PASSKEY = /* @__PURE__ */ script({
  name: 'add passkey',
  keys: ['userKey', 'passkeysKey', 'passkeyKey', 'sessionKey'],
  args: ['accountId', 'address', 'passkeyId', 'entry', 'publicKey', 'most: number'],
  lua: `${CLOCK}${WHOLE}${ENTRY}${MAY_ENTER}${OWN_SESSION}
local handle = redis.call('HGET', userKey, 'handle')
if not handle or not mayEnter(userKey) or not ownSession(sessionKey, userKey, accountId) then return {'refused'} end
if redis.call('EXISTS', passkeyKey) == 1 then return {'taken'} end
if redis.call('HLEN', passkeysKey) >= most then return {'full'} end
local passkey = cjson.decode(entry)
passkey.createdAt = whole(clock())
redis.call('HSET', passkeysKey, passkeyId, cjson.encode(passkey))
redis.call('HSET', passkeyKey, 'uid', accountId, 'user', address, 'id', passkeyId, 'handle', handle, 'key', publicKey)
return {'added', passkey.createdAt}
`,
  outcomes: { added: { createdAt: integer }, refused: {}, taken: {}, full: {} },
})

/** Takes a passkey away, if it is not the account's last way in. */
export const REMOVE_PASSKEY = /* @__PURE__ */ script({
  name: 'remove passkey',
  keys: ['userKey', 'passkeysKey', 'identitiesKey', 'passkeyKey'],
  args: ['accountId', 'passkeyId'],
  lua: `${WAYS_IN}
if redis.call('HGET', userKey, 'id') ~= accountId then return {'unknown'} end
if redis.call('HEXISTS', passkeysKey, passkeyId) == 0 then return {'unknown'} end
if waysIn(userKey, passkeysKey, identitiesKey) <= 1 then return {'last'} end
redis.call('HDEL', passkeysKey, passkeyId)
redis.call('DEL', passkeyKey)
return {'removed'}
`,
  outcomes: { removed: {}, unknown: {}, last: {} },
})

/** Lists the passkeys of an account: `{id, JSON …}`. */
export const LIST_PASSKEYS = /* @__PURE__ */ readScript({
  name: 'list passkeys',
  keys: ['passkeysKey'],
  lua: `
return {'listed', redis.call('HGETALL', passkeysKey)}
`,
  outcomes: { listed: { passkeys: words } },
})

/**
 * Opens a session for a passkey, if the account still has it. `fell`: the sign count is not larger than
 * the one before, so that there may be a copy of the passkey.
 */
export const OPEN_BY_PASSKEY = /* @__PURE__ */ script({
  name: 'open by passkey',
  keys: [...OPENING_KEYS, 'passkeysKey'],
  args: ['passkeyId', 'signCount: number', 'isBackedUp: boolean', ...OPENING_ARGS],
  lua: /* @__PURE__ */ opening(
    `${USE_PASSKEY}
if redis.call('HGET', userKey, 'id') ~= known then return {'refused'} end
-- A call that is repeated, because its answer was lost, has used it already.
local again = redis.call('EXISTS', sessionKey) == 1
local fell = again and 0 or usePasskey(passkeysKey, passkeyId, signCount, isBackedUp, whole(now))
if not fell then return {'refused'} end`,
    { more: ', fell' },
  ),
  outcomes: { ...OPENING_OUTCOMES, opened: { ...OPENING_OUTCOMES.opened, fell: flag } },
})

/** Notes in a session that its user has proven anew who they are, by a passkey of this account. */
export const FRESHEN_BY_PASSKEY = /* @__PURE__ */ script({
  name: 'freshen by passkey',
  keys: ['sessionKey', 'userKey', 'passkeysKey'],
  args: ['accountId', 'passkeyId', 'signCount: number', 'isBackedUp: boolean'],
  lua: `${CLOCK}${WHOLE}${GENERATION}${USE_PASSKEY}
local now = whole(clock())
local session = redis.call('HMGET', sessionKey, 'st', 'uid', 'gen')
local own = session[1] == 'live' and session[2] == accountId
if not own or (session[3] or '0') ~= generation(userKey) then return {'refused'} end
local fell = usePasskey(passkeysKey, passkeyId, signCount, isBackedUp, now)
if not fell then return {'refused'} end
redis.call('HSET', sessionKey, 'fresh', now)
return {'done', fell}
`,
  outcomes: { done: { fell: flag }, refused: {} },
})

import { text, words } from '../client/reply.ts'
import { readScript, script } from '../client/script.ts'
import { WAYS_IN } from './parts.ts'

/** Lists the identities of an account: id and JSON, one after the other. */
export const LIST_IDENTITIES = /* @__PURE__ */ readScript({
  name: 'list identities',
  keys: ['identitiesKey'],
  lua: `
return {'listed', redis.call('HGETALL', identitiesKey)}
`,
  outcomes: { listed: { pairs: words } },
})

/** Reads one identity of an account as JSON; nothing where it has none of that id. */
export const READ_OWN_IDENTITY = /* @__PURE__ */ readScript({
  name: 'read own identity',
  keys: ['identitiesKey'],
  args: ['identityId'],
  lua: `
return {'read', redis.call('HGET', identitiesKey, identityId)}
`,
  outcomes: { read: { details: text } },
})

/**
 * Takes an identity away from an account, unless it is its last way to sign in. Two that are taken away at
 * once are counted one after the other.
 */
export const UNLINK_IDENTITY = /* @__PURE__ */ script({
  name: 'unlink identity',
  keys: ['identityKey', 'identitiesKey', 'passkeysKey', 'userKey'],
  args: ['accountId', 'identityId'],
  lua: `${WAYS_IN}
if redis.call('HGET', userKey, 'id') ~= accountId then return {'unknown'} end
if redis.call('HEXISTS', identitiesKey, identityId) == 0 then return {'unknown'} end
if waysIn(userKey, passkeysKey, identitiesKey) <= 1 then return {'last'} end
redis.call('HDEL', identitiesKey, identityId)
if redis.call('HGET', identityKey, 'id') == identityId then redis.call('DEL', identityKey) end
return {'unlinked'}
`,
  outcomes: { unlinked: {}, unknown: {}, last: {} },
})

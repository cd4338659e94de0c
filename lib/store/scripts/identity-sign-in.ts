import { word, words } from '../client/reply.ts'
import { script } from '../client/script.ts'
import { EVENT_KEYS, RECORD } from './events.ts'
import { KEEP_IDENTITY } from './keep-identity.ts'
import {
  BEGIN_GENERATION,
  CLOCK,
  ENROL,
  ENTRY,
  GENERATION,
  IDENTIFY,
  IS_ADMIN,
  MAY_ENTER,
  WHOLE,
} from './parts.ts'
import { OPEN, OPEN_ARGS, OPEN_KEYS, OPENED } from './sessions.ts'

/**
 * Signs in with an identity of a provider, in one step with all that it may bring about:
 *
 * - An identity that is known opens a session of its account.
 * - Another one, whose address the provider has confirmed (`confirmed`), is joined to the account of that
 *   address if the address is confirmed there too, and `mayLink`. Where there is no such account, one is made.
 * - An account whose address was **never confirmed** may be somebody else's: all of it goes, with its
 *   password, sessions, API keys, links and ways in, and a new one takes its place. What it was given by
 *   an admin, its level, stays.
 *
 * `assumed` and `known` are whose the identity is and which id the account of `address` has, as the caller has
 * read them (`''` for nobody): a replica may be behind. If the store knows better, it says so and does
 * nothing. An identity of an account that is gone is nobody's.
 *
 * Of what an account had, `ended` are keys of records that open nothing any more: the caller deletes them.
 */
export const SIGN_IN_BY_IDENTITY = /* @__PURE__ */ script({
  name: 'sign in by identity',
  keys: [
    'identityKey',
    'identitiesKey',
    'freshIdentitiesKey',
    'passkeysKey',
    'registrationsKey',
    'keysKey',
    'resetKey',
    ...OPEN_KEYS,
    ...EVENT_KEYS,
  ],
  args: [
    'assumed',
    'confirmed: boolean',
    'mayLink: boolean',
    'identityId',
    'details',
    ...OPEN_ARGS,
    // Those of an event but its owner, who shows only here.
    'mostEvents',
    'mostOfOwner: number',
    'mostOfKind: number',
    '...eventWords',
  ],
  lua: `${CLOCK}${WHOLE}${ENTRY}${MAY_ENTER}${GENERATION}${BEGIN_GENERATION}${IDENTIFY}${IS_ADMIN}${ENROL}${KEEP_IDENTITY}${OPEN}${RECORD}
local holder = redis.call('HMGET', identityKey, 'uid', 'user')
local own = redis.call('HGET', userKey, 'id') or ''
if (holder[1] or '') ~= assumed or own ~= known or (holder[1] and holder[2] ~= address) then
  return {'changed', holder[1] or '', holder[2] or '', own}
end
if holder[1] and own ~= holder[1] then
  redis.call('DEL', identityKey)
  return {'changed', '', '', own}
end
local now, id, how, sessions, apiKeys, registrations = clock(), own, 'known', {}, {}, {}
if holder[1] then
  if not mayEnter(userKey) then return {'refused', own} end
else
  if not confirmed then return {'unconfirmed'} end
  local before = redis.call('HMGET', userKey, 'disabled', 'emailVerified', 'level')
  local exists = redis.call('EXISTS', userKey) == 1
  if exists and not isEnabled(before[1]) then return {'refused', own} end
  how = exists and (isVerified(before[2]) and 'linked' or 'replaced') or 'made'
  if how == 'linked' and not mayLink then return {'taken', own} end
  registrations = redis.call('SMEMBERS', registrationsKey)
  redis.call('DEL', registrationsKey)
  if how == 'linked' then
    id = identify(userKey, address, knownKey, known, freshKey, fresh)
  else
    sessions, apiKeys = redis.call('ZRANGE', sessionsKey, 0, -1), redis.call('ZRANGE', keysKey, 0, -1)
    -- An id that leads to another address was copied with its record: what it names is not this account's.
    local isOwn = known ~= '' and (redis.call('GET', knownKey) or address) == address
    if isOwn then redis.call('DEL', knownKey, identitiesKey, passkeysKey) end
    redis.call('DEL', userKey, sessionsKey, keysKey, devicesKey, resetKey)
    id = fresh
    redis.call('HSET', userKey, 'id', id, 'level', before[3] or '0', 'emailVerified', '1', 'createdAt', whole(now))
    redis.call('SET', freshKey, address)
  end
  keepIdentity(identityKey, id == fresh and freshIdentitiesKey or identitiesKey, id, address, identityId, details, now)
end
local idle, oldest = open(now, id, sessionId, sessionKey, sessionsKey, userKey, idleTtl, absoluteTtl, userAgent, ip, cap)
enrol(userKey, address, accountsKey, adminsKey)
noteDevice(now, devicesKey, device, deviceTtl)
for at = 1, #eventWords, 2 do
  if eventWords[at] == 'user' then eventWords[at + 1] = id end
end
record(eventsKey, eventIdsKey, eventCountsKey, mostEvents, id, mostOfOwner, mostOfKind, eventWords)
return {'opened', whole(now), whole(idle), redis.call('HGET', userKey, 'level'), id, oldest,
  how, sessions, apiKeys, registrations}
`,
  outcomes: {
    opened: {
      ...OPENED,
      how: word,
      sessionIds: words,
      keyIds: words,
      registrations: words,
    },
    changed: { holder: word, holderAddress: word, accountId: word },
    refused: { accountId: word },
    unconfirmed: {},
    taken: { accountId: word },
  },
})

import { word, words } from '../client/reply.ts'
import { script } from '../client/script.ts'
import { KEEP_IDENTITY } from './keep-identity.ts'
import { PASSKEY_RECORDS } from './passkey-records.ts'
import { OPENING_ARGS, OPENING_KEYS, OPENING_OUTCOMES, opening } from './sessions.ts'

/** Finds out whose the identity is, and makes it somebody's. */
const ADMIT = `${KEEP_IDENTITY}${PASSKEY_RECORDS}
local holder = redis.call('HMGET', identityKey, 'uid', 'user')
local own = redis.call('HGET', userKey, 'id') or ''
if (holder[1] or '') ~= assumed or own ~= known or (holder[1] and holder[2] ~= address) then
  return {'changed', holder[1] or '', holder[2] or '', own}
end
if holder[1] and own ~= holder[1] then
  redis.call('DEL', identityKey)
  return {'changed', '', '', own}
end
local how, sessions, apiKeys, registrations, identities, passkeys = 'known', {}, {}, {}, {}, {}
if not holder[1] then
  if not confirmed then return {'unconfirmed'} end
  local before = redis.call('HMGET', userKey, 'disabled', 'emailVerified', 'level', 'plan')
  local exists = redis.call('EXISTS', userKey) == 1
  if exists and not isEnabled(before[1]) then return {'refused'} end
  how = exists and (isVerified(before[2]) and 'linked' or 'replaced') or 'made'
  if how == 'linked' and not mayLink then return {'taken'} end
  registrations = redis.call('SMEMBERS', registrationsKey)
  redis.call('DEL', registrationsKey)
  local id = fresh
  if how == 'linked' then
    id = identify(userKey, address, knownKey, known, freshKey, fresh)
  else
    sessions, apiKeys = redis.call('ZRANGE', sessionsKey, 0, -1), redis.call('ZRANGE', keysKey, 0, -1)
    -- An id that leads to another address was copied with its record: what it names is that account's.
    local isOwn = known ~= '' and (redis.call('GET', knownKey) or address) == address
    if isOwn then
      identities, passkeys = redis.call('HVALS', identitiesKey), passkeyRecords(passkeysKey)
      redis.call('DEL', knownKey, identitiesKey, passkeysKey, totpKey)
    end
    redis.call('DEL', userKey, sessionsKey, keysKey, devicesKey, resetKey)
    redis.call('HSET', userKey, 'id', id, 'level', before[3] or '0', 'emailVerified', '1', 'createdAt', whole(now))
    if before[4] then redis.call('HSET', userKey, 'plan', before[4]) end
    redis.call('SET', freshKey, address)
  end
  keepIdentity(identityKey, id == fresh and freshIdentitiesKey or identitiesKey, id, address, identityId, details, now)
  -- Whose the event is shows only here.
  owner = id
  for at = 1, #eventWords, 2 do
    if eventWords[at] == 'user' then eventWords[at + 1] = id end
  end
end
`

/**
 * Signs in with an identity of a provider, in one step with all that it may bring about:
 *
 * - An identity that is known opens a session of its account.
 * - Another one, whose address the provider has confirmed (`confirmed`), is joined to the account of that
 *   address if the address is confirmed there too, and `mayLink`. Where there is no such account, one is made.
 * - An account whose address was **never confirmed** may be somebody else's: all of it goes, with its
 *   password, sessions, API keys, links and ways in, and a new one takes its place. What it was given by
 *   an admin, its level and its plan, stays.
 *
 * `assumed` and `known` are whose the identity is and which id the account of `address` has, as the caller has
 * read them (`''` for nobody): a replica may be behind. If the store knows better, it says so and does
 * nothing. An identity of an account that is gone is nobody's.
 *
 * Of what an account had it tells the records that open nothing any more, for the caller to delete them.
 */
export const SIGN_IN_BY_IDENTITY = /* @__PURE__ */ script({
  name: 'sign in by identity',
  keys: [
    'identityKey',
    'identitiesKey',
    'freshIdentitiesKey',
    'passkeysKey',
    'totpKey',
    'registrationsKey',
    'keysKey',
    'resetKey',
    ...OPENING_KEYS,
  ],
  args: [
    'assumed',
    'confirmed: boolean',
    'mayLink: boolean',
    'identityId',
    'details',
    ...OPENING_ARGS,
  ],
  lua: /* @__PURE__ */ opening('', {
    first: ADMIT,
    more: ', how, sessions, apiKeys, registrations, identities, passkeys',
  }),
  outcomes: {
    ...OPENING_OUTCOMES,
    opened: {
      ...OPENING_OUTCOMES.opened,
      how: word,
      sessionIds: words,
      keyIds: words,
      registrations: words,
      identities: words,
      passkeyHashes: words,
    },
    changed: { holder: word, holderAddress: word, accountId: word },
    unconfirmed: {},
    taken: {},
  },
})

/**
 * Notes whose an identity is. `details` is a JSON object of what is told of it; `createdAt` is added by the
 * clock of the store. Needs `WHOLE` of `parts.ts`.
 */
export const KEEP_IDENTITY = `
local function keepIdentity(identityKey, identitiesKey, id, address, identityId, details, now)
  redis.call('HSET', identityKey, 'uid', id, 'user', address, 'id', identityId)
  redis.call('HSET', identitiesKey, identityId, '{"createdAt":' .. whole(now) .. ',' .. string.sub(details, 2))
end`

import { word } from '../client/reply.ts'
import { readScript } from '../client/script.ts'

/**
 * Reads whose an identity is, and of the account that has the provider's address its id and the hash of its
 * newest link for a new password. `userKey` is that of nobody where there is no address.
 */
export const READ_IDENTITY = /* @__PURE__ */ readScript({
  name: 'read identity',
  keys: ['identityKey', 'userKey'],
  lua: `
local holder = redis.call('HMGET', identityKey, 'uid', 'user')
local account = redis.call('HMGET', userKey, 'id', 'reset')
return {'read', holder[1], holder[2], account[1], account[2]}
`,
  outcomes: { read: { holder: word, holderAddress: word, accountId: word, resetHash: word } },
})

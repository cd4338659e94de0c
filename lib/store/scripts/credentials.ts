import { text, texts } from '../client/reply.ts'
import { readScript } from '../client/script.ts'

/**
 * Reads fields of an account, and when it last signed in from a network (`device`): nothing where it never
 * did.
 */
export const READ_CREDENTIALS = /* @__PURE__ */ readScript({
  name: 'read credentials',
  keys: ['userKey', 'devicesKey'],
  args: ['device', '...fields'],
  lua: `
return {'read', redis.call('HMGET', userKey, unpack(fields)), redis.call('ZSCORE', devicesKey, device)}
`,
  outcomes: { read: { values: texts, knownSince: text } },
})

import { instant, text, texts } from '../client/reply.ts'
import { readScript } from '../client/script.ts'

/**
 * Reads fields of an account, and when it last signed in from a network (`device`): nothing where it never
 * did. And the time, by which codes are judged.
 */
export const READ_CREDENTIALS = /* @__PURE__ */ readScript({
  name: 'read credentials',
  keys: ['userKey', 'devicesKey'],
  args: ['device', '...fields'],
  lua: `
return {'read', redis.call('HMGET', userKey, unpack(fields)),
  redis.call('ZSCORE', devicesKey, device), redis.call('TIME')}
`,
  outcomes: { read: { values: texts, knownSince: text, now: instant } },
})

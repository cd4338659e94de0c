import { word } from '../client/reply.ts'
import { script } from '../client/script.ts'

/** Writes a key that goes away at once, to see whether the store takes writes, and tells the eviction policy. */
export const PROBE = /* @__PURE__ */ script({
  name: 'probe',
  keys: ['probeKey'],
  lua: `
redis.call('SET', probeKey, '1', 'PX', 1000)
local memory = redis.pcall('INFO', 'memory')
return {'written', type(memory) == 'string' and string.match(memory, 'maxmemory_policy:([%w-]+)') or ''}
`,
  outcomes: { written: { policy: word } },
})

import { integer, rows, word } from '../client/reply.ts'
import { readScript } from '../client/script.ts'

/** Lists the networks that an account is known to sign in from. */
export const LIST_NETWORKS = /* @__PURE__ */ readScript({
  name: 'list networks',
  keys: ['devicesKey'],
  args: [],
  lua: `
local listed = {}
local found = redis.call('ZREVRANGE', devicesKey, 0, -1, 'WITHSCORES')
for i = 1, #found, 2 do listed[#listed + 1] = {found[i], found[i + 1]} end
return {'listed', listed}
`,
  outcomes: { listed: { networks: /* @__PURE__ */ rows({ network: word, signedInAt: integer }) } },
})

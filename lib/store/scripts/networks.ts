import { integer, rows } from '../client/reply.ts'
import { readScript } from '../client/script.ts'

/** Lists when an account signed in last from each of its networks. */
export const LIST_NETWORKS = /* @__PURE__ */ readScript({
  name: 'list networks',
  keys: ['devicesKey'],
  args: [],
  lua: `
local listed = {}
local found = redis.call('ZREVRANGE', devicesKey, 0, -1, 'WITHSCORES')
for i = 1, #found, 2 do listed[#listed + 1] = {found[i + 1]} end
return {'listed', listed}
`,
  outcomes: { listed: { networks: /* @__PURE__ */ rows({ signedInAt: integer }) } },
})

import { texts } from '../client/reply.ts'
import { readScript } from '../client/script.ts'

/** Reads fields of an item; `taken` when its key has another type. */
export const READ_ITEM = /* @__PURE__ */ readScript({
  name: 'read item',
  keys: ['itemKey'],
  args: ['...fields'],
  lua: `
local values = redis.pcall('HMGET', itemKey, unpack(fields))
if values.err and string.find(values.err, 'WRONGTYPE', 1, true) then return {'taken'} end
return {'found', values}
`,
  outcomes: { found: { values: texts }, taken: {} },
})

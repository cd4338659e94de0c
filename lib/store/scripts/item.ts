import { list, texts } from '../client/reply.ts'
import { readScript } from '../client/script.ts'
import { FOLLOW, FOLLOW_ARGS } from './follow.ts'

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

/**
 * The same, and what fields of the item refer to: see {@link FOLLOW}. Whereto they lead is known when they are read,
 * so that these keys cannot be declared, and it locks the database.
 */
export const READ_ITEM_AND_FOLLOW = /* @__PURE__ */ readScript({
  name: 'read item and follow',
  locks: 'database',
  keys: ['itemKey'],
  args: ['...fields', ...FOLLOW_ARGS],
  lua: `${FOLLOW}
local values = redis.pcall('HMGET', itemKey, unpack(fields))
if values.err and string.find(values.err, 'WRONGTYPE', 1, true) then return {'taken'} end
return {'found', values, follow({values})}
`,
  outcomes: { found: { values: texts, followed: list }, taken: {} },
})

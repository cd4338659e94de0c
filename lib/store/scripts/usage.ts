import { integer, list, optionalInteger, rows, texts, word } from '../client/reply.ts'
import { readScript, script } from '../client/script.ts'
import { CLOCK, WHOLE } from './time.ts'

/** Reads hashes of one subject, whole or some fields of each, and what is counted of the month. */
export const READ_USAGE = /* @__PURE__ */ readScript({
  name: 'read usage',
  keys: ['monthKey', '...usageKeys'],
  args: ['isWhole: boolean', '...fields'],
  lua: `
local found = {}
for i, usageKey in ipairs(usageKeys) do
  if isWhole then found[i] = redis.call('HGETALL', usageKey)
  else found[i] = redis.call('HMGET', usageKey, unpack(fields)) end
end
return {'read', found, redis.call('GET', monthKey)}
`,
  outcomes: { read: { found: (value: unknown) => list(value).map(texts), month: optionalInteger } },
})

/**
 * Reads who made most requests on a day, and how many were denied and failed. `prefix` and `month` are the
 * parts of a subject's key before and after its name.
 */
export const READ_TOP = /* @__PURE__ */ readScript({
  name: 'read top',
  locks: 'database',
  keys: ['topKey'],
  args: ['prefix', 'month', 'day', 'most: number'],
  lua: `
local found = {}
local top = redis.call('ZREVRANGE', topKey, 0, most - 1, 'WITHSCORES')
for i = 1, #top, 2 do
  local counts = redis.call('HMGET', prefix .. top[i] .. month, day .. ' d', day .. ' e')
  found[#found + 1] = {top[i], top[i + 1], counts[1] or '0', counts[2] or '0'}
end
return {'read', found}
`,
  outcomes: {
    read: {
      top: /* @__PURE__ */ rows({
        subject: word,
        requests: integer,
        denied: integer,
        errors: integer,
      }),
    },
  },
})

/** Deletes what is kept of a subject's usage. What isolates tell of it for `keep` ms is dropped. */
export const FORGET_USAGE = /* @__PURE__ */ script({
  name: 'forget usage',
  keys: ['goneKey', '...usageKeys', '...topKeys'],
  args: ['subject', 'keep: number'],
  lua: `${CLOCK}${WHOLE}
local now = clock()
redis.call('ZREMRANGEBYSCORE', goneKey, '-inf', whole(now - keep))
redis.call('ZADD', goneKey, whole(now), subject)
redis.call('PEXPIRE', goneKey, whole(keep))
for _, usageKey in ipairs(usageKeys) do redis.call('DEL', usageKey) end
for _, topKey in ipairs(topKeys) do redis.call('ZREM', topKey, subject) end
return {'done'}
`,
  outcomes: { done: {} },
})

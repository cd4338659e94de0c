import { integer, list, optionalInteger, rows, texts, word } from '../client/reply.ts'
import { readScript, script } from '../client/script.ts'
import { CLOCK, WHOLE } from './parts.ts'

/**
 * Adds what an isolate has counted on one day (`day`: its number in the month, two digits): a hash of hours
 * and one of days for each subject, and the subject's requests to those of all on this day.
 *
 * Exactly once: a telling whose answer was lost is sent again with its number, and then adds nothing. What is
 * told of an account that was deleted meanwhile is dropped.
 *
 * `owners` are numbers of `subjects`, from 1; `fields` begin with the hour, two digits. Ends are in epoch ms.
 * A counter that holds no number is left as it is. Of an earlier day (`earlierTopKey`) the thousand subjects
 * with most requests stay.
 */
export const TELL_USAGE = /* @__PURE__ */ script({
  name: 'tell usage',
  keys: ['toldKey', 'topKey', 'earlierTopKey', 'goneKey', '...hourKeys', '...dayKeys'],
  args: [
    'number: number',
    'keep',
    'day',
    'dayEnd',
    'monthEnd',
    '...subjects',
    '...owners',
    '...fields',
    '...adds',
  ],
  lua: `
if (tonumber(redis.call('GET', toldKey) or '') or 0) >= number then return {'told'} end
redis.call('SET', toldKey, string.format('%.0f', number), 'PX', keep)
local gone = {}
for i, subject in ipairs(subjects) do gone[i] = redis.call('ZSCORE', goneKey, subject) end
for i, field in ipairs(fields) do
  local owner, what = tonumber(owners[i]), string.sub(field, 4)
  if not gone[owner] then
    redis.pcall('HINCRBY', hourKeys[owner], field, adds[i])
    redis.pcall('HINCRBY', dayKeys[owner], day .. ' ' .. what, adds[i])
    if what == 'r' then
      redis.call('PEXPIREAT', hourKeys[owner], dayEnd)
      redis.call('PEXPIREAT', dayKeys[owner], monthEnd)
      redis.pcall('ZINCRBY', topKey, adds[i], subjects[owner])
    end
  end
end
redis.call('PEXPIREAT', topKey, dayEnd)
redis.pcall('ZREMRANGEBYRANK', earlierTopKey, 0, -1001)
return {'told'}
`,
  outcomes: { told: {} },
})

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

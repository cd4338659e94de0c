import { script } from '../client/script.ts'

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

import { texts } from '../client/reply.ts'
import { script } from '../client/script.ts'

const ADD = `
for i = 1, #counts, 2 do redis.call('HINCRBY', metricsKey, counts[i], counts[i + 1]) end`

/** Adds to counters: field, number and so on. */
export const TELL_METRICS = /* @__PURE__ */ script({
  name: 'tell metrics',
  keys: ['metricsKey'],
  args: ['...counts'],
  lua: `${ADD}
return {'told'}
`,
  outcomes: { told: {} },
})

/** Adds to counters, and reads them all: at the primary, so that no reader sees one go back. */
export const READ_METRICS = /* @__PURE__ */ script({
  name: 'read metrics',
  keys: ['metricsKey'],
  args: ['...counts'],
  lua: `${ADD}
return {'read', redis.call('HGETALL', metricsKey)}
`,
  outcomes: { read: { counters: texts } },
})

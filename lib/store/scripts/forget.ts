import { script } from '../client/script.ts'

/** Deletes records, one at least. */
export const FORGET_RECORDS = /* @__PURE__ */ script({
  name: 'forget records',
  keys: ['...recordKeys'],
  lua: `
redis.call('DEL', unpack(recordKeys))
return {'done'}
`,
  outcomes: { done: {} },
})

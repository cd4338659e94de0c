import { integer, rows, word } from '../client/reply.ts'
import { readScript } from '../client/script.ts'
import { GENERATION } from './parts.ts'
import { CLOCK } from './time.ts'

/** Lists the live sessions of an account. `sessionPrefix` is that of all sessions. */
export const LIST_SESSIONS = /* @__PURE__ */ readScript({
  name: 'list sessions',
  locks: 'database',
  keys: ['sessionsKey', 'userKey'],
  args: ['sessionPrefix'],
  lua: `${CLOCK}${GENERATION}
local now, current, answer = clock(), generation(userKey), {}
for _, id in ipairs(redis.call('ZREVRANGE', sessionsKey, 0, -1)) do
  local session = redis.call('HMGET', sessionPrefix .. id, 'st', 'gen', 'idle', 'createdAt', 'at', 'ua', 'ip')
  local live = session[1] == 'live' and (session[2] or '0') == current and now < (tonumber(session[3]) or 0)
  if live then answer[#answer + 1] = {id, session[4], session[5], session[6], session[7]} end
end
return {'listed', answer}
`,
  outcomes: {
    listed: {
      sessions: /* @__PURE__ */ rows({
        sessionId: word,
        createdAt: integer,
        rotatedAt: integer,
        userAgent: word,
        ip: word,
      }),
    },
  },
})

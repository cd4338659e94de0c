/**
 * Whether an account is there now, and a session of it is live and of its present generation. Whoever was proven when the
 * headers came may have been signed out since: a body can take its time, and so can a password in its queue. What
 * makes a way in asks in the same step.
 */
export const OWN_SESSION = `
local function ownSession(sessionKey, userKey, accountId)
  local session = redis.call('HMGET', sessionKey, 'uid', 'st', 'gen')
  local user = redis.call('HMGET', userKey, 'id', 'gen')
  return session[1] == accountId and user[1] == accountId
    and session[2] == 'live' and (session[3] or '0') == (user[2] or '0')
end`

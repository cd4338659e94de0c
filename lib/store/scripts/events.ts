/**
 * Adds a security event to the trail. Each kind has a cap, and within a kind each user has one: over a
 * cap, the oldest events of that user or kind are removed. So nobody can push out the events of another
 * user, or their own events of another kind.
 *
 * `record(key, arg)`: KEYS from `key`: the stream, the ids of this kind of this user, the ids of this
 * kind. ARGV from `arg`: how many the stream, the user and the kind may have, milliseconds for which a
 * user's share is remembered, then field, value and so on. Returns the id.
 */
export const RECORD = `local function record(key, arg)
  local stream, own, kind = KEYS[key], KEYS[key + 1], KEYS[key + 2]
  local id = redis.call('XADD', stream, 'MAXLEN', '~', ARGV[arg], '*', unpack(ARGV, arg + 4))
  local at = string.match(id, '^%d+')
  local function add(ids, most)
    redis.call('ZADD', ids, at, id)
    while redis.call('ZCARD', ids) > most do
      local oldest = redis.call('ZRANGE', ids, 0, 0)[1]
      redis.call('XDEL', stream, oldest)
      redis.call('ZREM', own, oldest)
      redis.call('ZREM', kind, oldest)
    end
  end
  add(kind, tonumber(ARGV[arg + 2]))
  add(own, tonumber(ARGV[arg + 1]))
  redis.call('PEXPIRE', own, ARGV[arg + 3])
  return id
end`

/** Adds an event. KEYS and ARGV as {@link RECORD}, from the first. Returns `{id}`. */
export const RECORD_EVENT = `#!lua flags=allow-key-locking
${RECORD}
return {record(1, 1)}
`

/**
 * Reads events, newest first. Read-only.
 *
 * KEYS: stream. ARGV: the id to read before (`+` for the newest), how many, how many to look at for
 * them, a kind or '', then the names of a user, or none for all. Returns `{cursor, {{id, {field,
 * value…}}…}}`, the cursor being where to go on, or ''.
 */
export const LIST_EVENTS = `
local before = ARGV[1] == '+' and '+' or '(' .. ARGV[1]
local limit, most, kind = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local names, page = {}, {}
for i = 5, #ARGV do names[ARGV[i]] = true end
local all = kind == '' and #ARGV == 4
local function isMeant(pairs)
  local fields = {}
  for i = 1, #pairs, 2 do fields[pairs[i]] = pairs[i + 1] end
  return (kind == '' or fields['type'] == kind) and (#ARGV == 4 or names[fields['user']] ~= nil)
end
local rows = redis.call('XREVRANGE', KEYS[1], before, '-', 'COUNT', (all and limit or most) + 1)
for i, row in ipairs(rows) do
  if #page == limit or i > most then return {rows[i - 1][1], page} end
  if all or isMeant(row[2]) then page[#page + 1] = row end
end
return {'', page}
`

/**
 * Adds a security event to the trail. Each kind is capped by itself, and within a kind each owner: a
 * user, or the address of a stranger. Who is over their own cap loses their oldest event of the kind.
 * Over the cap of the kind, whoever has most events of it loses their oldest, so that many owners
 * together do not push out the few events of another. Of owners who have equally many, the one who
 * did something just now goes last.
 *
 * `record(key, arg)`: KEYS from `key`: the stream, the ids of this kind by owner, how many each owner
 * has. ARGV from `arg`: how many the stream may have, the owner, how many the owner and the kind may
 * have, then field, value and so on. Returns the id.
 */
export const RECORD = `local function record(key, arg)
  local stream, ids, counts, owner = KEYS[key], KEYS[key + 1], KEYS[key + 2], ARGV[arg + 1]
  local id = redis.call('XADD', stream, 'MAXLEN', '~', ARGV[arg], '*', unpack(ARGV, arg + 4))
  -- In the order of letters, which is that of time for equally many digits.
  local at, n = string.match(id, '^(%d+)%-(%d+)$')
  redis.call('ZADD', ids, 0, owner .. '\\n' .. at .. '-' .. string.rep('0', 10 - #n) .. n)
  local function drop(name)
    local oldest = redis.call('ZRANGEBYLEX', ids, '[' .. name .. '\\n', '(' .. name .. '\\v', 'LIMIT', 0, 1)[1]
    if not oldest then return redis.call('ZREM', counts, name) end
    redis.call('ZREM', ids, oldest)
    local ms, number = string.match(oldest, '(%d+)%-0*(%d+)$')
    redis.call('XDEL', stream, ms .. '-' .. number)
    if tonumber(redis.call('ZINCRBY', counts, -1, name)) <= 0 then redis.call('ZREM', counts, name) end
  end
  if tonumber(redis.call('ZINCRBY', counts, 1, owner)) > tonumber(ARGV[arg + 2]) then drop(owner) end
  while redis.call('ZCARD', ids) > tonumber(ARGV[arg + 3]) do
    local most, many, next, asMany = unpack(redis.call('ZREVRANGE', counts, 0, 1, 'WITHSCORES'))
    if not most then break end
    drop(most == owner and many == asMany and next or most)
  end
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

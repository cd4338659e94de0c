/**
 * A read-only script for many groups of keys, in one call. KEYS: those of each group, one group after
 * another. ARGV: as the script's. Returns what the script returns, of each group.
 *
 * @param script Without a first line of flags.
 * @param size How many keys a group has.
 */
export function readEach(script: string, size: number): string {
  return `
local function read(KEYS)
${script}
end
local replies = {}
for i = 1, #KEYS, ${size} do
  replies[#replies + 1] = read({unpack(KEYS, i, i + ${size - 1})})
end
return replies
`
}

/**
 * Lua functions around the time: apart from those of accounts in `parts.ts`, because scripts that need no more of
 * them are in every route, and the build of Next carries whole files.
 */

/** The time now. */
export const CLOCK = `
local function clock()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end`

/** A whole number as text: Lua itself would write a large one with an exponent. */
export const WHOLE = `
local function whole(number) return string.format('%.0f', number) end`

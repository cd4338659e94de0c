import { type Read, replyList, type ScriptCall } from './reply.ts'
import { textOf } from './script-text.ts'

/**
 * Joins two read-only scripts of one database to one command. Each has its own keys and arguments, and
 * answers as it does alone. If one of them locks the whole database, both do.
 */
export function joinedRead<first, second>(
  database: 'auth' | 'data',
  first: ScriptCall<first>,
  second: ScriptCall<second>,
): Read<[first, second]> {
  const [, firstKeys, firstArgs] = first.command
  const [, secondKeys, secondArgs] = second.command
  const lengths = [String(firstKeys.length), String(firstArgs.length)]
  const keys = [...firstKeys, ...secondKeys]
  const args = [...lengths, ...firstArgs, ...secondArgs]
  return {
    database,
    queue: (pipeline) => pipeline.evalRo(joinedText(first.script, second.script), keys, args),
    parse: (reply) => {
      const [one, other] = replyList(reply)
      return [first.parse({ result: one }), second.parse({ result: other })]
    },
  }
}

/** The texts of joined scripts, by their names. */
const joinedTexts = new Map<string, string>()

function joinedText(
  first: ScriptCall<unknown>['script'],
  second: ScriptCall<unknown>['script'],
): string {
  const name = `${first.name} + ${second.name}`
  const known = joinedTexts.get(name)
  if (known !== undefined) return known
  const text = textOf(
    'read',
    first.locks === 'keys' ? second.locks : first.locks,
    `local function firstAnswer(KEYS, ARGV)
${first.body}end
local function secondAnswer(KEYS, ARGV)
${second.body}end
local function part(from, first, last)
  local list = {}
  for i = first, last do list[i - first + 1] = from[i] end
  return list
end
local keys, args = tonumber(ARGV[1]), tonumber(ARGV[2])
return {
  firstAnswer(part(KEYS, 1, keys), part(ARGV, 3, args + 2)),
  secondAnswer(part(KEYS, keys + 1, #KEYS), part(ARGV, args + 3, #ARGV)),
}
`,
  )
  joinedTexts.set(name, text)
  return text
}

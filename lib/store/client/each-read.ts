import { list } from './reply.ts'
import type { Script, ScriptArgs, ScriptKeys } from './script.ts'
import { textOf } from './script-text.ts'

/** One read-only script, asked for many sets of keys at a time. */
export interface EachRead<key extends string, value> {
  /** The command for all of them. */
  command(sets: readonly ScriptKeys<key>[]): [text: string, keys: string[], args: string[]]
  /** The answers, in the order of the sets. @throws StoreUnavailable for a reply that is none. */
  parse(reply: unknown): value[]
}

/**
 * Asks a read-only script for many sets of keys in one command. Each answers as it does alone.
 *
 * @param script Its keys are single ones.
 */
export function eachRead<key extends string, arg extends string, value>(
  script: Script<'read', key, arg, value>,
  args: ScriptArgs<arg>,
): EachRead<key, value> {
  const size = script.keys.length
  const text = textOf(
    'read',
    script.locks,
    `local function answer(KEYS)
${script.body}end
local answers = {}
for i = 1, #KEYS, ${size} do answers[#answers + 1] = answer({unpack(KEYS, i, i + ${size - 1})}) end
return answers
`,
  )
  return {
    command: (sets) => {
      const calls = sets.map((keys) => script.command(keys, args))
      return [text, calls.flatMap(([, keys]) => keys), calls[0]?.[2] ?? []]
    },
    parse: (reply) => list(reply).map(script.parse),
  }
}

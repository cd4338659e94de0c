import type { ScriptCommand } from './reply.ts'

/** A script as it goes over the wire. */
export function textOf(kind: 'write' | 'read', locks: 'keys' | 'database', body: string): string {
  const flags = kind === 'read' ? 'no-writes,allow-key-locking' : 'allow-key-locking'
  return `${locks === 'database' ? '' : `#!lua flags=${flags}`}\n${body}`
}

/** A key or an argument: `...` is the type of a list. */
export interface Named {
  name: string
  type: string
}

/** Keys or arguments, and the values of one call. */
type Names = [names: readonly Named[], given: Readonly<Record<string, unknown>>]

/** A call of a script with these keys and arguments. */
export function commandOf(text: string, keys: Names, args: Names): ScriptCommand {
  const ownKeys = valuesOf(...keys)
  const ownArgs = valuesOf(...args)
  const lengths = [...ownKeys.lists, ...ownArgs.lists].map(({ length }) => String(length))
  return [
    text,
    [...ownKeys.singles, ...ownKeys.lists.flat()],
    [...ownArgs.singles, ...lengths, ...ownArgs.lists.flat()],
  ]
}

/** Reads a key or an argument as its definition writes it. */
export function nameOf(spec: string): Named {
  const [, isList = '', name = '', type = ''] = /^(\.\.\.)?(\w+)(?:: (\w+))?$/.exec(spec) ?? []
  return { name, type: isList || type }
}

/** The values in the order of the definition, single ones apart from lists. */
function valuesOf(
  names: readonly Named[],
  given: Readonly<Record<string, unknown>>,
): { singles: string[]; lists: string[][] } {
  const singles: string[] = []
  const lists: string[][] = []
  for (const { name } of names) {
    const value = given[name]
    if (Array.isArray(value)) lists.push(value.map(String))
    else singles.push(String(typeof value === 'boolean' ? Number(value) : value))
  }
  return { singles, lists }
}

const LIST_IN_LUA = `local function listOf(from, after, length)
  local list = {}
  for i = 1, length do list[i] = from[after + i] end
  return list
end
`

/**
 * Lua that gives keys and arguments their names. Single values come first, and lists follow them; the
 * lengths of all lists are arguments between the two.
 */
export function namesInLua(ofKeys: readonly Named[], ofArgs: readonly Named[]): string {
  const isList = ({ type }: Named): boolean => type === '...'
  const lists = [...ofKeys.filter(isList), ...ofArgs.filter(isList)]
  const singleKeys = ofKeys.filter((name) => !isList(name))
  const singleArgs = ofArgs.filter((name) => !isList(name))
  const lines = [
    ...singleKeys.map(({ name }, index) => `local ${name} = KEYS[${index + 1}]`),
    ...singleArgs.map(({ name, type }, index) => {
      const value = `ARGV[${index + 1}]`
      if (type === 'number') return `local ${name} = tonumber(${value})`
      return `local ${name} = ${value}${type === 'boolean' ? " == '1'" : ''}`
    }),
  ]
  const after = { KEYS: `${singleKeys.length}`, ARGV: `${singleArgs.length + lists.length}` }
  for (const [index, list] of lists.entries()) {
    const from = ofKeys.includes(list) ? 'KEYS' : 'ARGV'
    const length = `tonumber(ARGV[${singleArgs.length + index + 1}])`
    lines.push(`local ${list.name} = listOf(${from}, ${after[from]}, ${length})`)
    after[from] += ` + #${list.name}`
  }
  return `${lists.length > 0 ? LIST_IN_LUA : ''}${lines.join('\n')}`
}

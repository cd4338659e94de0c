import { StoreUnavailable } from '../../contract/problems.ts'
import { list, type Read, replyList, type Shape, type Shaped, shaped } from './reply.ts'

/**
 * The name of a key or an argument, as a definition writes it: `name` for one text, `name: number` and
 * `name: boolean` for one that Lua gets as such, `...name` for a list of any length.
 */
type NameOf<spec extends string> = spec extends `...${infer name}`
  ? name
  : spec extends `${infer name}: ${'number' | 'boolean'}`
    ? name
    : spec

type ValueOf<spec extends string, single> = spec extends `...${string}`
  ? readonly single[]
  : spec extends `${string}: number`
    ? number
    : spec extends `${string}: boolean`
      ? boolean
      : single

/** A value for each name: one that is missing, left over or misspelt does not compile. */
type Given<spec extends string, single> = [spec] extends [never]
  ? Record<string, never>
  : { readonly [each in spec as NameOf<each>]: ValueOf<each, single> }

export type ScriptKeys<key extends string> = Given<key, string>
export type ScriptArgs<arg extends string> = Given<arg, string | number>

/** What a script may answer: the first word of its reply, and the values that follow it. */
type Outcomes = Record<string, Shape>

/** An answer, told apart by `status`. */
export type Outcome<outcomes extends Outcomes> = {
  [status in keyof outcomes & string]: { status: status } & Shaped<outcomes[status]>
}[keyof outcomes & string]

/** A script as a command has it: its text, its keys, its arguments. */
export type ScriptCommand = [text: string, keys: string[], args: string[]]

interface Definition<key extends string, arg extends string, outcomes extends Outcomes> {
  /** For the log, when the reply is none of the outcomes. */
  name: string
  /** In Lua each is a local variable of its name. */
  keys: readonly key[]
  args?: readonly arg[]
  /**
   * For a script that touches keys which it does not declare: on Upstash it locks the whole database
   * while it runs, any other its own keys.
   */
  locks?: 'database'
  lua: string
  outcomes: outcomes
}

/** A Lua script with its names and its outcomes. `kind` says which command runs it. */
export interface Script<
  kind extends 'write' | 'read',
  key extends string,
  arg extends string,
  value,
> {
  readonly kind: kind
  readonly name: string
  readonly keys: readonly key[]
  readonly args: readonly arg[]
  readonly lua: string
  /** What goes over the wire: flags, the names, the Lua. */
  readonly text: string
  command(keys: ScriptKeys<key>, args: ScriptArgs<arg>): ScriptCommand
  /** @throws StoreUnavailable for a reply that is none of the outcomes. */
  parse(reply: unknown): value
}

/** Defines a script that may write: it runs at the primary. */
export function script<
  const key extends string,
  const outcomes extends Outcomes,
  const arg extends string = never,
>(definition: Definition<key, arg, outcomes>): Script<'write', key, arg, Outcome<outcomes>> {
  return define('write', definition)
}

/** Defines a script that only reads: the nearest replica may run it. */
export function readScript<
  const key extends string,
  const outcomes extends Outcomes,
  const arg extends string = never,
>(definition: Definition<key, arg, outcomes>): Script<'read', key, arg, Outcome<outcomes>> {
  return define('read', definition)
}

/** A read-only script as one of the reads of a round trip. */
export function scriptRead<key extends string, arg extends string, value>(
  database: 'auth' | 'data',
  script: Script<'read', key, arg, value>,
  keys: ScriptKeys<key>,
  args: ScriptArgs<arg>,
): Read<value> {
  return {
    database,
    queue: (pipeline) => pipeline.evalRo(...script.command(keys, args)),
    parse: (reply) => script.parse(replyList(reply)),
  }
}

function define<
  kind extends 'write' | 'read',
  key extends string,
  arg extends string,
  outcomes extends Outcomes,
>(
  kind: kind,
  { name, keys, args = [], locks, lua, outcomes }: Definition<key, arg, outcomes>,
): Script<kind, key, arg, Outcome<outcomes>> {
  const flags = kind === 'read' ? 'no-writes,allow-key-locking' : 'allow-key-locking'
  const shebang = locks === 'database' ? '' : `#!lua flags=${flags}`
  const text = `${shebang}\n${namesInLua(keys, args)}${lua}`
  return {
    kind,
    name,
    keys,
    args,
    lua,
    text,
    command: (keyOf, argOf) => {
      const ownKeys = valuesOf(keys, keyOf)
      const ownArgs = valuesOf(args, argOf)
      const lengths = [...ownKeys.lists, ...ownArgs.lists].map(({ length }) => String(length))
      return [
        text,
        [...ownKeys.singles, ...ownKeys.lists.flat()],
        [...ownArgs.singles, ...lengths, ...ownArgs.lists.flat()],
      ]
    },
    parse: (reply) => {
      const [status, ...values] = list(reply)
      const shape = typeof status === 'string' ? outcomes[status] : undefined
      if (shape === undefined) throw new StoreUnavailable(`${name}: unexpected reply`)
      return { status, ...shaped(shape, values) } as unknown as Outcome<outcomes>
    },
  }
}

/** A key or an argument, as its definition writes it. */
function nameOf(spec: string): { name: string; type: string } {
  const [, isList = '', name = '', type = ''] = /^(\.\.\.)?(\w+)(?:: (\w+))?$/.exec(spec) ?? []
  return { name, type: isList || type }
}

/** The values in the order of the definition, single ones apart from lists. */
function valuesOf(
  specs: readonly string[],
  given: Readonly<Record<string, unknown>>,
): { singles: string[]; lists: string[][] } {
  const singles: string[] = []
  const lists: string[][] = []
  for (const spec of specs) {
    const value = given[nameOf(spec).name]
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
function namesInLua(keys: readonly string[], args: readonly string[]): string {
  const isList = ({ type }: { type: string }): boolean => type === '...'
  const ofKeys = keys.map(nameOf)
  const ofArgs = args.map(nameOf)
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

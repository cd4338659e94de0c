import { StoreUnavailable } from '../../contract/problems.ts'
import {
  list,
  type Read,
  replyList,
  type ScriptCommand,
  type Shape,
  type Shaped,
  shaped,
} from './reply.ts'
import { commandOf, nameOf, namesInLua, textOf } from './script-text.ts'
import type { Reply } from './transport.ts'

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

interface Definition<key extends string, arg extends string, outcomes extends Outcomes> {
  /** For the log, when the reply is none of the outcomes. */
  name: string
  /** In Lua each is a local variable of its name. */
  keys: readonly key[]
  args?: readonly arg[]
  /**
   * `database` for a script that touches keys which it does not declare: on Upstash it locks the whole
   * database while it runs, any other the keys that it declares.
   */
  locks?: 'keys' | 'database'
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
  readonly locks: 'keys' | 'database'
  readonly lua: string
  /** The Lua with its names in front of it. */
  readonly body: string
  /** What goes over the wire: flags, and the body. */
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
  const command = (): ScriptCommand => script.command(keys, args)
  const parse = (reply: Reply): value => script.parse(replyList(reply))
  return {
    database,
    queue: (pipeline) => pipeline.evalRo(...command()),
    parse,
    call: { script, command, parse },
  }
}

function define<
  kind extends 'write' | 'read',
  key extends string,
  arg extends string,
  outcomes extends Outcomes,
>(
  kind: kind,
  { name, keys, args = [], locks = 'keys', lua, outcomes }: Definition<key, arg, outcomes>,
): Script<kind, key, arg, Outcome<outcomes>> {
  const ofKeys = keys.map(nameOf)
  const ofArgs = args.map(nameOf)
  const body = `${namesInLua(ofKeys, ofArgs)}${lua}`
  const text = textOf(kind, locks, body)
  return {
    kind,
    name,
    keys,
    args,
    locks,
    lua,
    body,
    text,
    command: (keyOf, argOf) => commandOf(text, [ofKeys, keyOf], [ofArgs, argOf]),
    parse: (reply) => {
      const [status, ...values] = list(reply)
      const shape = typeof status === 'string' ? outcomes[status] : undefined
      if (shape === undefined) throw new StoreUnavailable(`${name}: unexpected reply`)
      return { status, ...shaped(shape, values) } as unknown as Outcome<outcomes>
    },
  }
}

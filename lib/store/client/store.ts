import { type Read, replyList, type ScriptCall } from './reply.ts'
import type { Script, ScriptArgs, ScriptKeys } from './script.ts'
import { textOf } from './script-text.ts'
import { inSight, type Sight } from './sync.ts'
import type { Reply, Transport } from './transport.ts'
import type { Trips } from './trips.ts'

/** The same transport twice, unless users and sessions have a database of their own. */
export interface Databases {
  auth: Transport
  data: Transport
}

export type Values<reads extends readonly Read<unknown>[]> = {
  [index in keyof reads]: reads[index] extends Read<infer value> ? value : never
}

/** What the reads of one request have to see: see {@link Sight}. */
export type Sights = { [database in keyof Databases]: Sight }

/** The databases as one request sees them: every call is one of its {@link Trips}. */
export class Store {
  readonly #databases: Databases
  readonly #trips: Trips
  readonly #sights: Sights | undefined

  constructor(databases: Databases, trips: Trips, sights?: Sights) {
    this.#databases = databases
    this.#trips = trips
    this.#sights = sights
  }

  /** Reads everything in one round trip: one pipeline a database, both at the same time. */
  async read<const reads extends readonly Read<unknown>[]>(
    ...reads: reads
  ): Promise<Values<reads>> {
    const { auth, data } = this.#databases
    if (auth === data) return (await this.#pipeline('auth', reads)) as Values<reads>

    const ofAuth = reads.filter((read) => read.database === 'auth')
    const ofData = reads.filter((read) => read.database === 'data')
    const [fromAuth, fromData] = await Promise.all([
      this.#pipeline('auth', ofAuth),
      this.#pipeline('data', ofData),
    ])
    return reads.map((read) =>
      read.database === 'auth' ? fromAuth[ofAuth.indexOf(read)] : fromData[ofData.indexOf(read)],
    ) as unknown as Values<reads>
  }

  /**
   * Reads two things in one command, if both are scripts of one database; else as {@link read} does.
   */
  async readBoth<first, second>(
    first: Read<first>,
    second: Read<second>,
  ): Promise<[first, second]> {
    const { auth, data } = this.#databases
    const oneDatabase = auth === data || first.database === second.database
    if (first.call === undefined || second.call === undefined || !oneDatabase) {
      const [one, other] = await this.read(first, second)
      return [one, other]
    }
    const [both] = await this.read(joinedRead(first.database, first.call, second.call))
    return both
  }

  /** Reads what proves the caller: see the stores that ask it once for many acts. */
  async readCaller<value>(read: Read<value>): Promise<value> {
    const [value] = await this.read(read)
    return value
  }

  /** Runs a script that writes, at the primary: of the accounts' database, if not told otherwise. */
  async write<key extends string, arg extends string, value>(
    script: Script<'write', key, arg, value>,
    keys: ScriptKeys<key>,
    args: ScriptArgs<arg>,
    database: 'auth' | 'data' = 'auth',
  ): Promise<value> {
    const command = script.command(keys, args)
    const run = (): Promise<unknown> => this.#databases[database].eval(...command)
    return script.parse(await this.#run(1, database, run))
  }

  async #pipeline(database: keyof Databases, reads: readonly Read<unknown>[]): Promise<unknown[]> {
    if (reads.length === 0) return []
    const pipeline = this.#databases[database].pipeline()
    for (const read of reads) read.queue(pipeline)
    const run = (): Promise<Reply[]> => pipeline.exec({ keepErrors: true })
    const replies = await this.#run(reads.length, database, run)
    return reads.map((read, index) => read.parse(replies[index] ?? {}))
  }

  #run<value>(
    commands: number,
    database: keyof Databases,
    call: () => Promise<value>,
  ): Promise<value> {
    return this.#trips.run(commands, () => inSight(this.#sights?.[database], call))
  }
}

/**
 * Joins two read-only scripts of one database to one command. Each has its own keys and arguments, and
 * answers as it does alone. If one of them locks the whole database, both do.
 */
function joinedRead<first, second>(
  database: 'auth' | 'data',
  first: ScriptCall<first>,
  second: ScriptCall<second>,
): Read<[first, second]> {
  const [, firstKeys, firstArgs] = first.command()
  const [, secondKeys, secondArgs] = second.command()
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

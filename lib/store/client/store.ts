import type { Redis } from '@upstash/redis/cloudflare'
import { joinedRead } from './joined-read.ts'
import type { Read, Reply } from './reply.ts'
import type { Script, ScriptArgs, ScriptKeys } from './script.ts'
import type { Trips } from './trips.ts'

/** The same client twice, unless users and sessions have a database of their own. */
export interface Databases {
  auth: Redis
  data: Redis
}

type Values<reads extends readonly Read<unknown>[]> = {
  [index in keyof reads]: reads[index] extends Read<infer value> ? value : never
}

/** The databases as one request sees them: every call is one of its {@link Trips}. */
export class Store {
  readonly #databases: Databases
  readonly #trips: Trips

  constructor(databases: Databases, trips: Trips) {
    this.#databases = databases
    this.#trips = trips
  }

  /** Reads everything in one round trip: one pipeline a database, both at the same time. */
  async read<const reads extends readonly Read<unknown>[]>(
    ...reads: reads
  ): Promise<Values<reads>> {
    const { auth, data } = this.#databases
    if (auth === data) return (await this.#pipeline(auth, reads)) as Values<reads>

    const ofAuth = reads.filter((read) => read.database === 'auth')
    const ofData = reads.filter((read) => read.database === 'data')
    const [fromAuth, fromData] = await Promise.all([
      this.#pipeline(auth, ofAuth),
      this.#pipeline(data, ofData),
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

  /** Runs a script that writes, at the primary: of the accounts' database, if not told otherwise. */
  async write<key extends string, arg extends string, value>(
    script: Script<'write', key, arg, value>,
    keys: ScriptKeys<key>,
    args: ScriptArgs<arg>,
    database: 'auth' | 'data' = 'auth',
  ): Promise<value> {
    const command = script.command(keys, args)
    return script.parse(await this.#trips.run(1, () => this.#databases[database].eval(...command)))
  }

  async #pipeline(redis: Redis, reads: readonly Read<unknown>[]): Promise<unknown[]> {
    if (reads.length === 0) return []
    const pipeline = redis.pipeline()
    for (const read of reads) read.queue(pipeline)
    const replies: Reply[] = await this.#trips.run(reads.length, () =>
      pipeline.exec({ keepErrors: true }),
    )
    return reads.map((read, index) => read.parse(replies[index] ?? {}))
  }
}

import { StoreUnavailable } from '../../contract/problems.ts'
import type { Read } from './reply.ts'
import type { Transport } from './transport.ts'
import type { Trips } from './trips.ts'

/** The same transport twice, unless users and sessions have a database of their own. */
export interface Databases {
  auth: Transport
  data: Transport
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

  /** Runs a script that writes, at the primary: of the accounts' database, if not told otherwise. */
  async write(
    script: string,
    keys: string[],
    args: (string | number)[],
    database: 'auth' | 'data' = 'auth',
  ): Promise<unknown[]> {
    const reply = await this.#trips.run(1, () =>
      this.#databases[database].eval(script, keys, args.map(String)),
    )
    if (!Array.isArray(reply)) throw new StoreUnavailable('script: not a list')
    return reply
  }

  async #pipeline(transport: Transport, reads: readonly Read<unknown>[]): Promise<unknown[]> {
    if (reads.length === 0) return []
    const pipeline = transport.pipeline()
    for (const read of reads) read.queue(pipeline)
    const replies = await this.#trips.run(reads.length, () => pipeline.exec({ keepErrors: true }))
    return reads.map((read, index) => read.parse(replies[index] ?? {}))
  }
}

import type { Redis } from '@upstash/redis/cloudflare'
import { StoreUnavailable } from '../errors.ts'
import { errorWord, type Read, type Reply, STORE_DEADLINE_MS } from './redis.ts'

/** One client, twice, unless users and sessions have a database of their own. */
export interface Databases {
  auth: Redis
  data: Redis
}

interface Spent {
  count: number
  commands: number
  milliseconds: number
}

type Values<reads extends readonly Read<unknown>[]> = {
  [index in keyof reads]: reads[index] extends Read<infer value> ? value : never
}

/**
 * The store as one request sees it: every awaited round trip is counted, and all of them together
 * wait at most {@link STORE_DEADLINE_MS}. Calls that overlap are one trip, because they cost the
 * client one wait.
 */
export class Trips {
  count: number
  commands: number
  milliseconds: number
  #inFlight = 0
  #startedAt = 0
  readonly #databases: Databases
  readonly #now: () => number

  /** @param spent What the gate has waited for already, on behalf of the same request. */
  constructor(databases: Databases, now: () => number, spent?: Spent) {
    this.count = spent?.count ?? 0
    this.commands = spent?.commands ?? 0
    this.milliseconds = spent?.milliseconds ?? 0
    this.#databases = databases
    this.#now = now
  }

  /**
   * Awaits one call to the store.
   *
   * @throws StoreUnavailable when it fails or the request's time for the store is used up.
   */
  async run<value>(commands: number, call: () => Promise<value>): Promise<value> {
    const left = STORE_DEADLINE_MS - this.milliseconds
    if (left <= 0) throw new StoreUnavailable('the deadline is used up')
    this.commands += commands
    if (this.#inFlight++ === 0) {
      this.count++
      this.#startedAt = this.#now()
    }
    try {
      return await within(left, call())
    } finally {
      if (--this.#inFlight === 0) this.milliseconds += this.#now() - this.#startedAt
    }
  }

  /** Reads everything in one round trip: one pipeline a database, both at the same time. */
  async read<const reads extends readonly Read<unknown>[]>(...reads: reads): Promise<Values<reads>> {
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

  /** Runs a script that writes to the accounts' database, at its primary. */
  async write(script: string, keys: string[], args: (string | number)[]): Promise<unknown[]> {
    const reply = await this.run(1, () => this.#databases.auth.eval(script, keys, args.map(String)))
    if (!Array.isArray(reply)) throw new StoreUnavailable('script: not a list')
    return reply
  }

  async #pipeline(redis: Redis, reads: readonly Read<unknown>[]): Promise<unknown[]> {
    if (reads.length === 0) return []
    const pipeline = redis.pipeline()
    for (const read of reads) read.queue(pipeline)
    const replies: Reply[] = await this.run(reads.length, () => pipeline.exec({ keepErrors: true }))
    return reads.map((read, index) => read.parse(replies[index] ?? {}))
  }
}

async function within<value>(milliseconds: number, call: Promise<value>): Promise<value> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StoreUnavailable('no answer within the deadline')),
      milliseconds,
    )
  })
  try {
    return await Promise.race([call, deadline])
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error
    throw new StoreUnavailable(`call failed: ${storeFault(error)}`)
  } finally {
    clearTimeout(timer)
  }
}

/** What may be logged of an Upstash error: its class and the Redis error word, never its text. */
function storeFault(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return error.name === 'UpstashError' ? errorWord(error.message) : error.name
}

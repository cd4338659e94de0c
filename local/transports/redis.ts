import { Redis } from 'ioredis'
import { StoreUnavailable } from '../../lib/contract/problems.ts'
import type { Reply } from '../../lib/store/client/transport.ts'
import { STORE_DEADLINE_MS } from '../../lib/store/client/trips.ts'
import { withoutKeyLocking } from '../gateway/commands.ts'
import { type Command, type Connection, reachedBy } from './carrier.ts'
import { bySha } from './scripts.ts'

const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 1_000
const WATCH_MS = 250

/** Opens a connection to a Redis server, over TCP or TLS. It comes back by itself when it is lost. */
export function openRedis(url: string): Connection {
  const wire = new Wire(url)
  const carry = bySha(
    (commands) => wire.carry(commands),
    (script) => withoutKeyLocking(script, true),
  )
  return { carry, reached: reachedBy(carry), close: async () => wire.close() }
}

interface Batch {
  since: number
  commands: readonly Command[]
  resolve(replies: readonly Reply[]): void
  reject(error: StoreUnavailable): void
}

/**
 * One connection. What is asked of it in one turn of the event loop leaves in one write.
 *
 * Redis answers in order, so that a late reply finds its own command. A connection whose oldest command
 * has no reply within the deadline of a request is given up: by then nobody waits for that reply, and a
 * server that hangs, or a peer that is gone without a word, keeps nothing here. Commands that were sent
 * on a connection that is lost are never sent again: they may have been executed. Those that were not
 * sent yet wait for the first try to connect again, and fail at once after that until one succeeds.
 */
class Wire {
  readonly #redis: Redis
  readonly #watch: NodeJS.Timeout
  /** When each write left whose replies are not all there: the oldest first. */
  readonly #waiting = new Set<{ since: number }>()
  #gathered: Batch[] = []
  /** Why there is no connection, in a word of the system's. */
  #fault = 'connecting'
  #isOpen = false
  /** Connections that were lost, or not made, since the last reply. */
  #lostInARow = 0
  /** Settles with the outcome of a try to connect that is worth waiting for. */
  #opening: Promise<void> | undefined

  constructor(url: string) {
    this.#redis = new Redis(url, {
      enableOfflineQueue: false,
      enableReadyCheck: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      // A server that takes connections and ends them counts as one that takes none.
      retryStrategy: () =>
        Math.max(FIRST_PAUSE_MS, Math.min(50 * this.#lostInARow++, LONGEST_PAUSE_MS)),
      connectTimeout: 5_000,
      disconnectTimeout: 1,
      disableClientInfo: true,
    })
    this.#redis.on('error', (error: NodeJS.ErrnoException) => {
      this.#fault = error.code ?? error.name
    })
    this.#redis.on('ready', () => {
      this.#isOpen = true
    })
    this.#redis.on('close', () => {
      if (!this.#isOpen) return
      this.#isOpen = false
      this.#fault = 'closed'
      if (this.#lostInARow === 1) this.#awaitOutcome()
    })
    this.#awaitOutcome()
    this.#watch = setInterval(() => this.#giveUpWhatHangs(), WATCH_MS).unref()
  }

  carry(commands: readonly Command[]): Promise<readonly Reply[]> {
    return new Promise((resolve, reject) => {
      this.#gathered.push({ since: performance.now(), commands, resolve, reject })
      if (this.#gathered.length === 1) setImmediate(() => this.#send())
    })
  }

  close(): void {
    clearInterval(this.#watch)
    this.#redis.disconnect()
  }

  #awaitOutcome(): void {
    this.#opening = new Promise<void>((resolve) => {
      for (const event of ['ready', 'close', 'end']) this.#redis.once(event, () => resolve())
    }).then(() => {
      this.#opening = undefined
    })
  }

  #send(): void {
    if (this.#opening !== undefined) {
      void this.#opening.then(() => this.#send())
      return
    }
    const sent = { since: performance.now() }
    // Of what waited too long, nobody waits for the answer: it must not be done late.
    const isLate = ({ since }: Batch): boolean => sent.since - since > STORE_DEADLINE_MS
    const late = this.#gathered.filter(isLate)
    const batches = this.#gathered.filter((batch) => !isLate(batch))
    this.#gathered = []
    for (const { reject } of late) reject(this.#lost())
    if (batches.length === 0) return
    this.#waiting.add(sent)
    this.#replies(batches.flatMap(({ commands }) => commands))
      .then((replies) => {
        this.#lostInARow = 0
        let at = 0
        for (const { commands, resolve } of batches) {
          resolve(replies.slice(at, at + commands.length))
          at += commands.length
        }
      })
      .catch((error: unknown) => {
        const reason = error instanceof StoreUnavailable ? error : this.#lost()
        for (const { reject } of batches) reject(reason)
      })
      .finally(() => this.#waiting.delete(sent))
  }

  async #replies(commands: readonly Command[]): Promise<Reply[]> {
    if (this.#redis.status !== 'ready') throw this.#lost()
    const pipeline = this.#redis.pipeline()
    for (const [name = '', ...words] of commands) pipeline.call(String(name), ...words)
    const replies = (await pipeline.exec()) ?? []
    return replies.map(([error, result]) => {
      if (error === null) return { result }
      // Anything but an error of Redis means that the connection is gone.
      if (error.name !== 'ReplyError') throw this.#lost()
      return { error: error.message }
    })
  }

  #lost(): StoreUnavailable {
    return new StoreUnavailable(`no connection: ${this.#fault}`)
  }

  #giveUpWhatHangs(): void {
    const [oldest] = this.#waiting
    if (oldest === undefined || performance.now() - oldest.since < STORE_DEADLINE_MS) return
    this.#redis.disconnect(true)
  }
}

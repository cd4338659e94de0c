import { StoreUnavailable } from '../../contract/problems.ts'
import { inTrace, type Trace } from '../../trace.ts'
import { errorWord } from './reply.ts'

/** How long a request has waited for the store so far; `milliseconds` of the wall clock. */
export interface Spent {
  count: number
  commands: number
  milliseconds: number
}

/** All store calls of one request together may wait this long; then the request answers 503. */
export const STORE_DEADLINE_MS = 1_800

/**
 * One request's waiting for the store: every awaited round trip is counted, and all of them together
 * wait at most {@link STORE_DEADLINE_MS}. Calls that overlap are one trip, because they cost the
 * client one wait.
 */
export class Trips {
  count: number
  commands: number
  milliseconds: number
  /** Calls that failed here. */
  failures = 0
  #inFlight = 0
  #startedAt = 0
  readonly #now: () => number
  readonly #trace: Trace | undefined
  readonly #deadlineMs: number

  /**
   * @param spent What the gate has waited for already, on behalf of the same request.
   * @param deadlineMs Longer for a command that loads data.
   */
  constructor(now: () => number, spent?: Spent, trace?: Trace, deadlineMs = STORE_DEADLINE_MS) {
    this.count = spent?.count ?? 0
    this.commands = spent?.commands ?? 0
    this.milliseconds = spent?.milliseconds ?? 0
    this.#now = now
    this.#trace = trace
    this.#deadlineMs = deadlineMs
  }

  /** Trips of work behind the answer: nobody waits for them, and they have a deadline of their own. */
  behind(): Trips {
    return new Trips(this.#now, undefined, this.#trace)
  }

  /**
   * Awaits one call to the store.
   *
   * @throws StoreUnavailable when it fails or the request's time for the store is used up.
   */
  async run<value>(commands: number, call: () => Promise<value>): Promise<value> {
    const waiting = this.#inFlight > 0 ? this.#now() - this.#startedAt : 0
    const left = this.#deadlineMs - this.milliseconds - waiting
    if (left <= 0) throw new StoreUnavailable('the deadline is used up')
    this.commands += commands
    if (this.#inFlight++ === 0) {
      this.count++
      this.#startedAt = this.#now()
    }
    try {
      return await within(left, inTrace(this.#trace, call))
    } catch (error) {
      this.failures++
      throw error
    } finally {
      if (--this.#inFlight === 0) this.milliseconds += this.#now() - this.#startedAt
    }
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

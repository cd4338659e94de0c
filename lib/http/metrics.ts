import type { Log } from '../log.ts'
import type { WaitUntil } from '../rate-limit/types.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'
import { keys } from '../store/keys.ts'
import { TELL_METRICS } from '../store/scripts/metrics.ts'

interface MetricsOptions {
  redis: LimiterClient
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
  log: Log
}

/** What is counted of a request. */
export interface Counted {
  operation: string | undefined
  status: number
  milliseconds: number
  /** Policies that denied it. */
  denied: readonly string[]
  spent: { count: number; commands: number; failures: number } | undefined
}

/** Upper ends of the histogram of durations, in milliseconds; the last one is open. */
export const BUCKETS_MS = [10, 50, 250, 1_000, 5_000] as const

/** How long counts are gathered before they go to the store. */
const GATHERING_MS = 10_000
/** A timer that is this late has ended with the request that set it. */
const LOST_MS = 2 * GATHERING_MS

/**
 * Counts requests in this isolate, and adds the counts to the store every ten seconds, in one command
 * behind the answers. If the platform ends a request's timers with the request, a later request does it.
 * Counts that are not in the store when the isolate ends are lost.
 */
export class Metrics {
  readonly #options: MetricsOptions
  #untold = new Map<string, number>()
  #gatheringSince: number | undefined

  constructor(options: MetricsOptions) {
    this.#options = options
  }

  /** Counts a request that was answered. @param later Keeps telling alive after the answer. */
  count(
    { operation = 'none', status, milliseconds, denied, spent }: Counted,
    later: WaitUntil,
  ): void {
    const ms = Math.max(0, Math.round(milliseconds))
    const bucket = BUCKETS_MS.findIndex((end) => ms <= end)
    this.#add(`requests|${operation}|${status}`, 1)
    this.#add(`bucket|${operation}|${bucket < 0 ? BUCKETS_MS.length : bucket}`, 1)
    this.#add(`ms|${operation}`, ms)
    for (const policy of denied) this.#add(`denied|${policy}`, 1)
    this.#add('trips', spent?.count ?? 0)
    this.#add('commands', spent?.commands ?? 0)
    this.#add('failures', spent?.failures ?? 0)

    const now = this.#options.now()
    if (this.#gatheringSince === undefined) {
      this.#gatheringSince = now
      void this.#options.sleep(GATHERING_MS).then(() => this.tellNow())
    } else if (now - this.#gatheringSince > LOST_MS) later(this.tellNow())
  }

  /**
   * Hands over the counts, as field, number and so on. After a failure they are kept for the next time; if
   * only the answer was lost, they are counted twice.
   */
  async tell<reply>(send: (fields: string[]) => Promise<reply>): Promise<reply> {
    const told = this.#untold
    this.#untold = new Map()
    this.#gatheringSince = undefined
    try {
      return await send([...told].flatMap(([field, number]) => [field, String(number)]))
    } catch (error) {
      for (const [field, number] of told) this.#add(field, number)
      throw error
    }
  }

  /** Tells what is not told yet, for a process that ends; a failure is logged. */
  async tellNow(): Promise<void> {
    if (this.#untold.size === 0) return
    const { redis, log } = this.#options
    try {
      await this.tell((counts) =>
        redis.eval(...TELL_METRICS.command({ metricsKey: keys.metrics }, { counts })),
      )
    } catch {
      log('warn', 'metrics.not-told')
    }
  }

  #add(field: string, number: number): void {
    if (number > 0) this.#untold.set(field, (this.#untold.get(field) ?? 0) + number)
  }
}

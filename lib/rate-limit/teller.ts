import type { Log } from '../log.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'
import { keys } from '../store/keys.ts'
import { TELL_COUNTS } from '../store/scripts/tellings.ts'
import { type Numbered, REMEMBERED_FOR_MS, Tellings } from '../tellings.ts'
import type { WaitUntil } from './types.ts'

/** One partition in one window, as far as this isolate knows. */
export interface CountedWindow {
  /** The key in Redis: that of the library. */
  key: string
  windowMs: number
  /** Epoch milliseconds. */
  endsAt: number
  limit: number
  /** Requests that count: those that the store knows of, and those that it was not told of yet. */
  used: number
  /** The largest count that the store has answered. */
  stored: number
  /** How many of those this isolate has admitted. */
  own: number
  /** Requests that this isolate has admitted, and that are in no telling yet. */
  untold: number
  /** Those, and the ones of the telling that is under way. */
  unheard: number
  /** How many may be unheard. */
  allowance: number
  /** Set while the store cannot count: when to ask it again, in epoch milliseconds. */
  askAgainAt: number | undefined
}

interface TellerOptions {
  redis: LimiterClient
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
  log: Log
  randomId: () => string
}

/** What one call tells. */
type Counts = { window: CountedWindow; count: number }[]

/** More would hold other callers of the store up. */
const WINDOWS_A_TELLING = 200
const MOST_WINDOWS = 10_000
/** Other isolates are taken to admit at least as many as this one. */
const LEAST_PACE = 2

/**
 * Tells the store what this isolate has admitted: all partitions of all policies in one call, every quarter
 * of a second in which something was admitted.
 *
 * It tells at once when all isolates together may have admitted half of what a window had left. Of `stored`
 * requests that the store has counted, `own` are from here. If that goes on, `untold` requests from here are
 * `untold * stored / own` from everywhere; others are taken to admit at least as many as this isolate.
 *
 * Bound on over-admission: if requests come spread over isolates and window, an isolate hears of the others
 * before more than half of what was left is gone. If the others are even three times as fast as it thought,
 * then one and a half times what was left is gone: half the limit too much at most. One request of each
 * isolate comes on top, where a single one is more than half of what is left. Requests that come all at
 * once, before an isolate has heard of another, are bound by the limit of each isolate alone, or by the
 * allowance of a window that has one.
 *
 * Each request is counted once, in the window in which it was admitted: see {@link Tellings}.
 */
export class Teller {
  readonly #options: TellerOptions
  readonly #untold = new Set<CountedWindow>()
  readonly #tellings: Tellings<Counts, readonly (string | undefined)[]>

  constructor(options: TellerOptions) {
    this.#options = options
    this.#tellings = new Tellings(options, {
      waiting: () => this.#untold.size,
      take: (most) => this.#take(most),
      send: (counts, numbered) => this.#send(counts, numbered),
      settle: (counts, told) => this.#settle(counts, told),
      giveUp: (counts) => this.#giveUp(counts),
      isOver: (counts) => counts.every(({ window }) => isOver(window, options.now())),
      notTold: (counts) => options.log('warn', 'quota.not-told', { windows: counts.length }),
    })
  }

  /** Notes that this isolate has admitted a request. The store hears of it behind the answer. */
  admitted(window: CountedWindow, waitUntil: WaitUntil): void {
    this.#note(window, 1, waitUntil)
  }

  /** Notes that requests that were admitted are not to count. */
  takenBack(window: CountedWindow, count: number, waitUntil: WaitUntil): void {
    this.#note(window, -count, waitUntil)
  }

  #note(window: CountedWindow, count: number, waitUntil: WaitUntil): void {
    window.untold += count
    window.unheard += count
    this.#untold.add(window)
    if (this.#untold.size > MOST_WINDOWS) this.#forgetOldest()
    const telling = this.#tellings.begin({ urgent: isDue(window) })
    if (telling !== undefined) waitUntil(telling)
  }

  /** Has something else told whenever this has gathered. @returns Whether that will be soon. */
  carry(tell: () => Promise<void>): () => boolean {
    this.#tellings.carry(tell)
    return () => this.#tellings.isGathering
  }

  /** Takes the oldest windows. */
  #take(most: number): { taken: number; batch: Counts | undefined } {
    const now = this.#options.now()
    const counts: Counts = []
    let taken = 0
    let late = 0
    for (const window of this.#untold) {
      if (taken === most || counts.length === WINDOWS_A_TELLING) break
      taken++
      this.#untold.delete(window)
      const count = window.untold
      window.untold = 0
      // The store itself may have kept the key for one more window.
      if (isOver(window, now - window.windowMs)) late += count
      else counts.push({ window, count })
    }
    if (late > 0) this.#logLost(late)
    return { taken, batch: counts.length > 0 ? counts : undefined }
  }

  async #send(
    counts: Counts,
    { number, isolate }: Numbered,
  ): Promise<readonly (string | undefined)[]> {
    const command = TELL_COUNTS.command(
      {
        toldKey: keys.limitTold(isolate),
        counterKeys: counts.map(({ window }) => window.key),
      },
      {
        number,
        keep: REMEMBERED_FOR_MS,
        adds: counts.map(({ count }) => count),
        windows: counts.map(({ window }) => window.windowMs),
      },
    )
    return TELL_COUNTS.parse(await this.#options.redis.eval(...command)).counts
  }

  #settle(counts: Counts, told: readonly (string | undefined)[]): void {
    for (const [index, { window, count }] of counts.entries()) {
      window.unheard -= count
      const stored = Number(told[index] ?? Number.NaN)
      if (!(stored >= 0)) {
        this.#logLost(count)
        continue
      }
      window.own += count
      window.stored = Math.max(window.stored, stored)
      if (window.askAgainAt === undefined) {
        window.used = Math.max(window.used, stored + window.unheard)
      }
    }
  }

  #giveUp(counts: Counts): void {
    for (const { window, count } of counts) window.unheard -= count
    this.#logLost(counts.reduce((sum, { count }) => sum + count, 0))
  }

  #forgetOldest(): void {
    for (const window of this.#untold) {
      this.#untold.delete(window)
      this.#logLost(window.untold)
      window.unheard -= window.untold
      window.untold = 0
      return
    }
  }

  #logLost(count: number): void {
    this.#options.log('warn', 'quota.not-counted', { count })
  }
}

/** Whether much of what the store said was left may be gone by now: see {@link Teller}. */
function isDue({ limit, stored, own, untold, unheard, allowance }: CountedWindow): boolean {
  const pace = Math.max(own === 0 ? 0 : stored / own, LEAST_PACE)
  return untold * pace >= (limit - stored) / 2 || unheard * 2 >= allowance
}

function isOver({ endsAt }: CountedWindow, now: number): boolean {
  return now >= endsAt
}

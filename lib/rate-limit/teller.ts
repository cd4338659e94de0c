import { Gathering, LOST_MS } from '../gathering.ts'
import type { Log } from '../log.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'
import { STORE_DEADLINE_MS } from '../store/client/trips.ts'
import { keys } from '../store/keys.ts'
import { TELL_COUNTS } from '../store/scripts/tellings.ts'
import type { WaitUntil } from './types.ts'

/** One partition in one window, as far as this isolate knows. */
export interface CountedWindow {
  /** The key in Redis: that of the library. */
  key: string
  windowMs: number
  /** Which window since the epoch. */
  number: number
  limit: number
  /** Requests that count: those that the store knows of, and those that it was not told of yet. */
  used: number
  /** The largest count that the store has answered. */
  stored: number
  /** How many of those this isolate has admitted. */
  own: number
  /** Requests that this isolate has admitted, and that are in no telling yet. */
  untold: number
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

/** What one call tells. It is sent again as it is until the store has answered it. */
interface Telling {
  number: number
  firstSentAt: number
  counts: { window: CountedWindow; count: number }[]
}

/** After a failure the store is told again twice, so far apart, and then with the next count. */
const PAUSE_MS = 1_000
const TRIES = 3
/** More would hold other callers of the store up. */
const WINDOWS_A_TELLING = 200
const MOST_WINDOWS = 10_000
/** How long a telling may be sent again; the store remembers its number for longer. */
const REPEATED_FOR_MS = 600_000
const REMEMBERED_FOR_MS = 2 * REPEATED_FOR_MS
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
 * once, before an isolate has heard of another, are bound by the limit of each isolate alone.
 *
 * Each request is counted once, in the window in which it was admitted. A telling without an answer may
 * have been counted or not: it is sent again with its number, by which the store knows it. When all its
 * windows are over, or after ten minutes, it is given up and logged. One is under way at a time.
 *
 * A call or a timer belongs to one request, which `waitUntil` keeps alive. Where a platform ends it all
 * the same, the next request takes over.
 */
export class Teller {
  readonly #options: TellerOptions
  readonly #untold = new Set<CountedWindow>()
  #underWay: Telling | undefined
  #lastNumber = 0
  #isolate: string | undefined
  readonly #gathering: Gathering
  /** Until when the call of a request may be running. */
  #tellingUntil = 0
  /** What was admitted while a call was running is to be told when it ends. */
  #goOn = false

  constructor(options: TellerOptions) {
    this.#options = options
    this.#gathering = new Gathering(options)
  }

  /** Notes that this isolate has admitted a request. The store hears of it behind the answer. */
  admitted(window: CountedWindow, waitUntil: WaitUntil): void {
    window.untold++
    this.#untold.add(window)
    if (this.#untold.size > MOST_WINDOWS) this.#forgetOldest()
    const tell = (): Promise<void> => this.#tell()
    const telling = isDue(window) ? tell() : this.#gathering.begin(tell)
    if (telling !== undefined) waitUntil(telling)
  }

  /** Tells all that is untold by now. */
  async #tell(): Promise<void> {
    const { now, sleep } = this.#options
    if (now() < this.#tellingUntil) {
      this.#goOn = true
      return
    }
    let failures = 0
    do {
      this.#goOn = false
      let left = this.#untold.size
      while (this.#underWay !== undefined || left > 0) {
        if (this.#underWay === undefined)
          left = Math.min(left - this.#begin(left), this.#untold.size)
        const telling = this.#underWay
        if (telling === undefined) continue
        // The store may have forgotten its number.
        if (now() - telling.firstSentAt > REPEATED_FOR_MS) {
          this.#giveUp(telling)
          continue
        }
        this.#tellingUntil = now() + STORE_DEADLINE_MS + LOST_MS
        if (await this.#send(telling)) continue
        if (++failures === TRIES) break
        this.#tellingUntil = now() + PAUSE_MS + LOST_MS
        await sleep(PAUSE_MS)
      }
    } while (this.#goOn && failures < TRIES)
    this.#tellingUntil = 0
  }

  /** Makes a telling of the oldest windows. @returns How many were taken. */
  #begin(most: number): number {
    const now = this.#options.now()
    const counts: Telling['counts'] = []
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
    if (counts.length > 0) {
      this.#underWay = { number: ++this.#lastNumber, firstSentAt: now, counts }
    }
    return taken
  }

  /** @returns Whether the telling is done with: told, now or by another request, or given up. */
  async #send(telling: Telling): Promise<boolean> {
    const { redis, now, randomId, log } = this.#options
    const { number, counts } = telling
    this.#isolate ??= randomId()
    try {
      const command = TELL_COUNTS.command(
        {
          toldKey: keys.limitTold(this.#isolate),
          counterKeys: counts.map(({ window }) => window.key),
        },
        {
          number,
          keep: REMEMBERED_FOR_MS,
          adds: counts.map(({ count }) => count),
          windows: counts.map(({ window }) => window.windowMs),
        },
      )
      const told = TELL_COUNTS.parse(await redis.eval(...command))
      if (this.#underWay === telling) this.#settle(telling, told.counts)
    } catch {
      if (this.#underWay !== telling) return true
      const at = now()
      if (counts.every(({ window }) => isOver(window, at))) this.#giveUp(telling)
      else log('warn', 'quota.not-told', { windows: counts.length })
    }
    return this.#underWay !== telling
  }

  #settle({ counts }: Telling, told: readonly (string | undefined)[]): void {
    this.#underWay = undefined
    for (const [index, { window, count }] of counts.entries()) {
      const stored = Number(told[index] ?? Number.NaN)
      if (!(stored >= 0)) {
        this.#logLost(count)
        continue
      }
      window.own += count
      window.stored = Math.max(window.stored, stored)
      if (window.askAgainAt === undefined) {
        window.used = Math.max(window.used, stored + window.untold)
      }
    }
  }

  #giveUp({ counts }: Telling): void {
    this.#underWay = undefined
    this.#logLost(counts.reduce((sum, { count }) => sum + count, 0))
  }

  #forgetOldest(): void {
    for (const window of this.#untold) {
      this.#untold.delete(window)
      this.#logLost(window.untold)
      window.untold = 0
      return
    }
  }

  #logLost(count: number): void {
    this.#options.log('warn', 'quota.not-counted', { count })
  }
}

/** Whether much of what the store said was left may be gone by now: see {@link Teller}. */
function isDue({ limit, stored, own, untold }: CountedWindow): boolean {
  const pace = Math.max(own === 0 ? 0 : stored / own, LEAST_PACE)
  return untold * pace >= (limit - stored) / 2
}

function isOver({ number, windowMs }: CountedWindow, now: number): boolean {
  return number < Math.floor(now / windowMs)
}

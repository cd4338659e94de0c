import { Gathering, LOST_MS } from './gathering.ts'
import { STORE_DEADLINE_MS } from './store/client/trips.ts'

interface TellingsOptions {
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
  randomId: () => string
}

/** Which telling of which isolate it is: by this the store knows one that is sent again. */
export interface Numbered {
  number: number
  isolate: string
}

/** What is told, and what becomes of it. */
export interface Told<batch, reply> {
  /** How much is untold. */
  waiting(): number
  /**
   * Takes what is told next, at most so much of what waits.
   *
   * @returns Undefined where nothing of what was taken is worth telling.
   */
  take(most: number): { taken: number; batch: batch | undefined }
  send(batch: batch, numbered: Numbered): Promise<reply>
  settle(batch: batch, reply: reply): void
  /** Nobody will tell it any more. */
  giveUp(batch: batch): void
  /** Whether it is worth telling later, after a failure. */
  isOver(batch: batch): boolean
  notTold(batch: batch): void
}

/** After a failure the store is told again twice, so far apart, and then with the next count. */
const PAUSE_MS = 1_000
const TRIES = 3
/** How long a telling may be sent again; the store remembers its number for longer. */
const REPEATED_FOR_MS = 600_000
export const REMEMBERED_FOR_MS = 2 * REPEATED_FOR_MS

/**
 * Tells the store what an isolate has counted, a quarter of a second at a time, behind the answers.
 *
 * Each count is told once. A telling without an answer may have been executed or not: it is sent again as it
 * is, with its number, by which the store knows it. One is under way at a time. When it is worth nothing any
 * more, or after ten minutes, it is given up.
 *
 * A call or a timer belongs to one request, which `waitUntil` keeps alive. Where a platform ends it all
 * the same, the next request takes over.
 */
export class Tellings<batch, reply> {
  readonly #options: TellingsOptions
  readonly #told: Told<batch, reply>
  readonly #gathering: Gathering
  /** Tells something else whenever this has gathered. */
  #alongside: (() => Promise<void>) | undefined
  #underWay: { batch: batch; number: number; firstSentAt: number } | undefined
  #lastNumber = 0
  #isolate: string | undefined
  /** Until when the call of a request may be running. */
  #tellingUntil = 0
  /** What was counted while a call was running is to be told when it ends. */
  #goOn = false

  constructor(options: TellingsOptions, told: Told<batch, reply>) {
    this.#options = options
    this.#told = told
    this.#gathering = new Gathering(options)
  }

  /** @returns What is to be kept alive; undefined while another request's timer runs. */
  begin({ urgent }: { urgent: boolean }): Promise<void> | undefined {
    if (urgent) return this.#tell()
    return this.#gathering.begin(async () => {
      await Promise.all([this.#tell(), this.#alongside?.()])
    })
  }

  /** Whether something is being gathered, and told within a quarter of a second. */
  get isGathering(): boolean {
    return this.#gathering.isOn
  }

  /** Has something else told at the same times: two timers would be two calls where one may do. */
  carry(tell: () => Promise<void>): void {
    this.#alongside = tell
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
      let left = this.#told.waiting()
      while (this.#underWay !== undefined || left > 0) {
        if (this.#underWay === undefined)
          left = Math.min(left - this.#begin(left), this.#told.waiting())
        const telling = this.#underWay
        if (telling === undefined) continue
        // The store may have forgotten its number.
        if (now() - telling.firstSentAt > REPEATED_FOR_MS) {
          this.#giveUp(telling.batch)
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

  /** @returns How much was taken of what waits. */
  #begin(most: number): number {
    const { taken, batch } = this.#told.take(most)
    if (batch !== undefined) {
      const firstSentAt = this.#options.now()
      this.#underWay = { batch, number: ++this.#lastNumber, firstSentAt }
    }
    return taken
  }

  /** @returns Whether the telling is done with: told, now or by another request, or given up. */
  async #send(telling: { batch: batch; number: number }): Promise<boolean> {
    const { batch, number } = telling
    this.#isolate ??= this.#options.randomId()
    try {
      const reply = await this.#told.send(batch, { number, isolate: this.#isolate })
      if (this.#underWay === telling) {
        this.#underWay = undefined
        this.#told.settle(batch, reply)
      }
    } catch {
      if (this.#underWay !== telling) return true
      if (this.#told.isOver(batch)) this.#giveUp(batch)
      else this.#told.notTold(batch)
    }
    return this.#underWay !== telling
  }

  #giveUp(batch: batch): void {
    this.#underWay = undefined
    this.#told.giveUp(batch)
  }
}

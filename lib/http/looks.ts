import { remember } from '../bounded-map.ts'
import { Gathering } from '../gathering.ts'
import type { WaitUntil } from '../rate-limit/types.ts'
import type { EachRead } from '../store/client/each-read.ts'
import type { ScriptKeys } from '../store/client/script.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'

interface LooksOptions<key extends string, value> {
  redis: LimiterClient
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
  read: EachRead<key, value>
}

interface Look<key extends string, value> {
  keys: ScriptKeys<key>
  take: (value: value) => void
}

/** Ten requests of one caller in this time are a burst, which the next quarter of a second may end. */
const BURST_MS = 1_000

/** Counts the requests of one caller, and says when a look at it is due. */
export class Turns {
  readonly #between: number
  #count = 0
  #since: number

  /** @param between How many requests go by between two looks. */
  constructor(between: number, now: number) {
    this.#between = between
    this.#since = now
  }

  /** Counts a request. @returns Undefined while no look is due. */
  next(now: number): { urgent: boolean } | undefined {
    if (++this.#count < this.#between) return undefined
    const urgent = now - this.#since < BURST_MS
    this.#count = 0
    this.#since = now
    return { urgent }
  }
}

/** Between two looks at an account whose plan denies it; a pause so long is the end of a row of denials. */
const DENIED_MS = { between: 2_000, row: 60_000 }

/**
 * Says when a look at an account is due that a quota of its plan denies: an admin may have given it another
 * plan. A first denial costs the store nothing, nor do many at once; one that comes later looks.
 */
export class Denials {
  readonly #last = new Map<string, number>()

  /** @returns Whether a look is due. */
  note(account: string, now: number): boolean {
    const last = this.#last.get(account)
    if (last !== undefined && now < last + DENIED_MS.between) return false
    remember(this.#last, account, now)
    return last !== undefined && now < last + DENIED_MS.row
  }
}

const LOOKS_A_CALL = 200

/**
 * Looks at the store behind the answers. Those of a quarter of a second go in one call: with many callers
 * each would be a call of its own. One that is urgent takes all that wait along, at once. One that fails is
 * not repeated: the next is ten requests away.
 */
export class Looks<key extends string, value> {
  readonly #options: LooksOptions<key, value>
  readonly #gathering: Gathering
  #waiting: Look<key, value>[] = []

  constructor(options: LooksOptions<key, value>) {
    this.#options = options
    this.#gathering = new Gathering(options)
  }

  /** @param take Gets what the script answers for these keys. */
  add(
    keys: ScriptKeys<key>,
    take: (value: value) => void,
    waitUntil: WaitUntil,
    { urgent }: { urgent: boolean },
  ): void {
    this.#waiting.push({ keys, take })
    const look = (): Promise<void> => this.#lookAtAll()
    const looking = urgent ? look() : this.#gathering.begin(look)
    if (looking !== undefined) waitUntil(looking)
  }

  async #lookAtAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#look(this.#waiting.splice(0, LOOKS_A_CALL)).catch(() => undefined)
    }
  }

  async #look(looks: readonly Look<key, value>[]): Promise<void> {
    const { redis, read } = this.#options
    const reply = await redis.evalRo(...read.command(looks.map(({ keys }) => keys)))
    const values = read.parse(reply)
    for (const [index, value] of values.entries()) looks[index]?.take(value)
  }
}

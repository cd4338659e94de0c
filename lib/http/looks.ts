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

/** How long looks are gathered. */
const GATHERING_MS = 250
/** A timer that is this late has ended with its request. */
const LOST_MS = 1_000
const LOOKS_A_CALL = 200

/**
 * Looks at the store behind the answers. Those of a quarter of a second go in one call: with many callers
 * each would be a call of its own. One that fails is not repeated: the next is ten requests away.
 */
export class Looks<key extends string, value> {
  readonly #options: LooksOptions<key, value>
  #waiting: Look<key, value>[] = []
  #gatheringUntil = 0

  constructor(options: LooksOptions<key, value>) {
    this.#options = options
  }

  /** @param take Gets what the script answers for these keys. */
  add(keys: ScriptKeys<key>, take: (value: value) => void, waitUntil: WaitUntil): void {
    this.#waiting.push({ keys, take })
    if (this.#options.now() >= this.#gatheringUntil) waitUntil(this.#gather())
  }

  async #gather(): Promise<void> {
    const { now, sleep } = this.#options
    this.#gatheringUntil = now() + GATHERING_MS + LOST_MS
    await sleep(GATHERING_MS)
    this.#gatheringUntil = 0
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

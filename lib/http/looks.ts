import type { WaitUntil } from '../rate-limit/types.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'

interface LooksOptions {
  redis: LimiterClient
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
  /** A read-only script that answers for each group of its keys: see `readEach`. */
  script: string
  args: string[]
}

interface Look {
  keys: string[]
  take: (reply: unknown[]) => void
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
export class Looks {
  readonly #options: LooksOptions
  #waiting: Look[] = []
  #gatheringUntil = 0

  constructor(options: LooksOptions) {
    this.#options = options
  }

  /** @param take Gets what the script returned for these keys. */
  add(keys: string[], take: (reply: unknown[]) => void, waitUntil: WaitUntil): void {
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

  async #look(looks: readonly Look[]): Promise<void> {
    const { redis, script, args } = this.#options
    const keys = looks.flatMap((look) => look.keys)
    const replies = await redis.evalRo(script, keys, args)
    if (!Array.isArray(replies)) return
    for (const [index, { take }] of looks.entries()) {
      const reply: unknown = replies[index]
      if (Array.isArray(reply)) take(reply)
    }
  }
}

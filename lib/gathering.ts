/** How long what goes to the store together is gathered. */
const GATHERING_MS = 250
/** A step that is this late has ended with its request: the platform stopped its timer or its call. */
export const LOST_MS = 1_000

interface Clock {
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
}

/**
 * Waits a quarter of a second for what else comes, and then does something for all of it. The timer belongs to
 * one request; where a platform ends it with that request, a later one begins anew.
 */
export class Gathering {
  readonly #clock: Clock
  /** Until when the timer of a request may be running. */
  #until = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether the timer of a request is running, and what comes now goes with it. */
  get isOn(): boolean {
    return this.#clock.now() < this.#until
  }

  /** @returns What is to be kept alive; undefined while another request's timer runs. */
  begin(then: () => Promise<void>): Promise<void> | undefined {
    return this.isOn ? undefined : this.#wait(then)
  }

  async #wait(then: () => Promise<void>): Promise<void> {
    const { now, sleep } = this.#clock
    this.#until = now() + GATHERING_MS + LOST_MS
    await sleep(GATHERING_MS)
    this.#until = 0
    await then()
  }
}

/**
 * Lets so many in at a time; the rest wait in line, and not for ever. Whoever was let in says when it
 * leaves.
 */
export class Turnstile {
  readonly #places: number
  readonly #patienceMs: number
  readonly #line = new Set<() => void>()
  #inside = 0

  constructor(places: number, patienceMs: number) {
    this.#places = places
    this.#patienceMs = patienceMs
  }

  /** @returns Whether there was a place before patience ended. */
  async enter(): Promise<boolean> {
    if (this.#inside < this.#places) {
      this.#inside++
      return true
    }
    return new Promise((resolve) => {
      const letIn = (): void => {
        clearTimeout(timer)
        resolve(true)
      }
      const timer = setTimeout(() => {
        this.#line.delete(letIn)
        resolve(false)
      }, this.#patienceMs)
      this.#line.add(letIn)
    })
  }

  /** Hands the place to the first in line. */
  leave(): void {
    const [next] = this.#line
    if (next === undefined) {
      this.#inside--
      return
    }
    this.#line.delete(next)
    next()
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Turnstile } from './turnstile.ts'

/** One that hashes, eight that wait for it, and some that ask the store. */
const MOST_HASHING = 12
const PATIENCE_MS = 15_000

/**
 * The places of requests that hash passwords. A burst of sign-ins is taken up a few at a time: all at
 * once they would hold up every read for as long as the host needs to look at them, whatever it answers.
 *
 * A place is given back when the host has its answer, or the connection ends: not when the client has
 * read the answer, which a client can put off, and of which Node says nothing where the connection
 * ends while the answer waits behind those before it. Of one connection, one request at a time has a
 * place or waits in line for one.
 */
export class HashingPlaces {
  readonly #all: Turnstile
  readonly #ofConnection = new WeakMap<Socket, Turnstile>()

  /** @param threads How many hash at the same time. */
  constructor(threads = 1) {
    this.#all = new Turnstile(MOST_HASHING - 1 + threads, PATIENCE_MS)
  }

  /** @returns `gone` for a client that left while it waited, `busy` when no place was free in time. */
  async take(
    { socket }: IncomingMessage,
    response: ServerResponse,
  ): Promise<'taken' | 'busy' | 'gone'> {
    const own = this.#ofConnection.get(socket) ?? new Turnstile(1, PATIENCE_MS)
    this.#ofConnection.set(socket, own)
    if (!(await own.enter())) return 'busy'
    if (!(await this.#all.enter())) {
      own.leave()
      return 'busy'
    }
    let taken = true
    const giveBack = (): void => {
      if (!taken) return
      taken = false
      socket.off('close', giveBack)
      this.#all.leave()
      own.leave()
    }
    if (socket.destroyed) {
      giveBack()
      return 'gone'
    }
    socket.once('close', giveBack)
    // Node tells of no answer that waits for its turn on the connection, but in this call.
    response.end = new Proxy(response.end, {
      apply: (end, self, words) => {
        giveBack()
        return Reflect.apply(end, self, words)
      },
    })
    return 'taken'
  }
}

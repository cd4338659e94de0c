import type { Log } from '../log.ts'
import { networkBits, parseNetwork } from '../network.ts'
import type { WaitUntil } from '../rate-limit/types.ts'
import { BLOCKED_COMMAND, type Blocked, parseBlocks } from '../store/blocks.ts'
import type { LimiterClient } from '../store/client/script-runner.ts'
import type { Trips } from '../store/client/trips.ts'

/** The names of a request's caller that the gate knows. */
export interface Suspect {
  address: () => string | undefined
  /** How the account of the token, or the owner of the API key, may be named. */
  users: readonly (string | undefined)[]
  key: string | undefined
}

interface BlockListOptions {
  redis: LimiterClient
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
  log: Log
}

/** A list of this age is read again, behind an answer. */
const REFRESH_MS = 20_000
/** A block is in force everywhere within a minute: a list of this age is waited for. */
const TOO_OLD_MS = 50_000
/** The pause before reading, so that it takes no connection from the request that it follows. */
const BEHIND_MS = 50
/** Reading that takes longer has ended with its request. */
const LOST_MS = 5_000
const OUTAGE_PAUSE_MS = 2_000

/**
 * The blocks, in this isolate's memory. It reads them with one command every 20 s at most, behind an
 * answer. Only the first request after a rest waits for it, together with its quota. While the store is
 * away the last list stays in force.
 */
export class BlockList {
  readonly #options: BlockListOptions
  #users = new Set<string>()
  #keys = new Set<string>()
  #networks = new Set<string>()
  /** How many bits the networks have, kind included. */
  #lengths = new Set<number>()
  #readAt = Number.NEGATIVE_INFINITY
  #askAgainAt = Number.NEGATIVE_INFINITY
  #reading: { since: number; done: Promise<void> } | undefined

  constructor(options: BlockListOptions) {
    this.#options = options
  }

  /** Brings the list up to date. Resolves at once unless the list is too old to be used; never rejects. */
  async refresh(trips: Trips, waitUntil: WaitUntil): Promise<void> {
    const now = this.#options.now()
    const age = now - this.#readAt
    if (age < REFRESH_MS || now < this.#askAgainAt) return
    const opened = this.#reading === undefined || now - this.#reading.since > LOST_MS
    const wait = age >= TOO_OLD_MS
    if (opened) this.#reading = { since: now, done: this.#read(wait ? 0 : BEHIND_MS) }
    const done = this.#reading?.done
    if (done === undefined) return
    if (opened) waitUntil(done)
    if (wait) await trips.run(opened ? 1 : 0, () => done).catch(() => undefined)
  }

  /** Whether an admin keeps out the address, the account or the API key. */
  keepsOut({ address, users, key }: Suspect): boolean {
    if (users.some((user) => user !== undefined && this.#users.has(user))) return true
    if (key !== undefined && this.#keys.has(key)) return true
    const known = this.#networks.size === 0 ? undefined : address()
    if (known === undefined) return false
    const bits = networkBits(known)
    for (const length of this.#lengths) {
      if (this.#networks.has(bits.slice(0, length))) return true
    }
    return false
  }

  async #read(afterMs: number): Promise<void> {
    const { redis, now, sleep, log } = this.#options
    try {
      if (afterMs > 0) await sleep(afterMs)
      const askedAt = now()
      this.#replace(parseBlocks(await redis.evalRo(...BLOCKED_COMMAND)))
      this.#readAt = askedAt
    } catch {
      this.#askAgainAt = now() + OUTAGE_PAUSE_MS
      log('warn', 'blocks.not-read')
    } finally {
      this.#reading = undefined
    }
  }

  #replace(blocks: readonly Blocked[]): void {
    this.#users = new Set()
    this.#keys = new Set()
    this.#networks = new Set()
    for (const blocked of blocks) {
      if ('address' in blocked) {
        const network = parseNetwork(blocked.address)
        if (network !== undefined) this.#networks.add(networkBits(network))
      } else if ('key' in blocked) this.#keys.add(blocked.key)
      else for (const name of blocked.users) this.#users.add(name)
    }
    this.#lengths = new Set([...this.#networks].map(({ length }) => length))
  }
}

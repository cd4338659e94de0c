import type { Read } from '../store/client/reply.ts'
import { type Databases, type Sights, Store, type Values } from '../store/client/store.ts'
import type { Trips } from '../store/client/trips.ts'

/** How long acts that wait for the store wait for one that does not. */
const PATIENCE_MS = 10

interface Asked {
  reads: readonly Read<unknown>[]
  resolve: (values: unknown[]) => void
  reject: (error: unknown) => void
}

/**
 * Acts that run side by side and read together: as soon as each of them waits for the store, or has ended,
 * all that they wait for is one trip. So a level of a query is a trip, however many items it has.
 */
export class Gathering {
  readonly #store: Store
  readonly #parts: [Databases, Trips, Sights]
  readonly #running = new Set<ActStore>()
  #asked: Asked[] = []
  #isScheduled = false
  /** What proves the caller is the same for all acts: it is read once. */
  #caller: Promise<unknown> | undefined
  /** Reads that acts made, without those of the caller. */
  reads = 0

  constructor(...parts: [databases: Databases, trips: Trips, sights: Sights]) {
    this.#parts = parts
    this.#store = new Store(...parts)
  }

  /** Runs an act with a store of its own, which reads together with those of the others. */
  async run<value>(act: (store: Store) => Promise<value>): Promise<value> {
    const store = new ActStore(this, ...this.#parts)
    this.#running.add(store)
    try {
      return await act(store)
    } finally {
      this.#running.delete(store)
      this.#schedule()
    }
  }

  ask(reads: readonly Read<unknown>[]): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ reads, resolve, reject })
      this.#schedule()
    })
  }

  askOfCaller(read: Read<unknown>): Promise<unknown> {
    this.#caller ??= this.ask([read]).then(([value]) => value)
    return this.#caller
  }

  /** After a turn of the event loop: an act that ended may begin others, of the next level, by then. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setTimeout(() => {
      this.#isScheduled = false
      if ([...this.#running].every(({ waiting }) => waiting > 0)) void this.#send()
      // An act may wait for a read that another request has begun.
      else setTimeout(() => void this.#send(), PATIENCE_MS)
    }, 0)
  }

  async #send(): Promise<void> {
    const asked = this.#asked
    if (asked.length === 0) return
    this.#asked = []
    try {
      const values = await this.#store.read(...asked.flatMap(({ reads }) => reads))
      let from = 0
      for (const { reads, resolve } of asked) {
        resolve(values.slice(from, from + reads.length))
        from += reads.length
      }
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }
}

/** The store as one act sees it. */
class ActStore extends Store {
  /** Reads that it waits for. */
  waiting = 0
  readonly #gathering: Gathering

  constructor(gathering: Gathering, ...parts: [Databases, Trips, Sights]) {
    super(...parts)
    this.#gathering = gathering
  }

  override async read<const reads extends readonly Read<unknown>[]>(
    ...reads: reads
  ): Promise<Values<reads>> {
    this.#gathering.reads += reads.length
    const values = await this.#wait(this.#gathering.ask(reads))
    return values as Values<reads>
  }

  override async readBoth<first, second>(
    first: Read<first>,
    second: Read<second>,
  ): Promise<[first, second]> {
    const [one, [other]] = await Promise.all([this.readCaller(first), this.read(second)])
    return [one, other]
  }

  override async readCaller<value>(read: Read<value>): Promise<value> {
    return (await this.#wait(this.#gathering.askOfCaller(read))) as value
  }

  async #wait<value>(answer: Promise<value>): Promise<value> {
    this.waiting++
    try {
      return await answer
    } finally {
      this.waiting--
    }
  }
}

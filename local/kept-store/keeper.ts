import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RedisDatabase, RedisDataValue, RedisMutationEvent } from 'js-redis-server/core'
import type { EncodedKey, Found, SnapshotFolder } from './folder.ts'
import type { FolderLock } from './lock.ts'
import { encodePiece } from './pieces.ts'
import { piecesOf, ValueBuilder } from './values.ts'

/** From a change to the snapshot that has it, when none is being written; writing takes the rest of 2 s. */
const DELAY_MS = 500
/** For so long it encodes before others get their turn; when that takes longer, for as long as that. */
const SLICE_MS = 10

/**
 * Writes a snapshot of a database at most two seconds after a change.
 *
 * It keeps every key as the bytes of a file and encodes again only what changed: a moment's state is then a
 * list of buffers that nothing changes any more, and it is taken while no command runs. That costs the
 * memory of one file, and makes a large store as quick to capture as a small one.
 */
export class Keeper {
  readonly #database: RedisDatabase
  readonly #folder: SnapshotFolder
  readonly #lock: FolderLock
  readonly #delayMs: number
  /** The engine's own values, which its events hand over: its `get` would copy them. */
  readonly #values = new Map<string, RedisDataValue>()
  readonly #encoded = new Map<string, EncodedKey>()
  readonly #dirty = new Map<string, Buffer>()
  /** Something encoded is not in a snapshot. */
  #changed = false
  /** A snapshot is on its way to the disk. */
  #unfinished = false
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #failing = false
  #closed = false
  #loading = true

  constructor(
    database: RedisDatabase,
    folder: SnapshotFolder,
    lock: FolderLock,
    delayMs = DELAY_MS,
  ) {
    this.#database = database
    this.#folder = folder
    this.#lock = lock
    this.#delayMs = delayMs
  }

  /** Fills the database from its folder, leaves out what has expired, and keeps it from then on. */
  async open(): Promise<Found> {
    const now = Date.now()
    const builder = new ValueBuilder()
    let pieces: Buffer[] = []
    this.#watch()
    const found = await this.#folder.load((piece) => {
      if (piece.first) pieces = []
      pieces.push(encodePiece(piece))
      const value = builder.add(piece)
      const { key, expiresAt } = piece
      if (value === undefined || (expiresAt !== undefined && expiresAt <= now)) return
      this.#database.set(key, value, expiresAt === undefined ? {} : { expiresAt })
      this.#encoded.set(nameOf(key), pieces)
    })
    // It has what the snapshot has.
    this.#dirty.clear()
    this.#loading = false
    process.on('exit', this.#atExit)
    return found
  }

  /** Writes what is not written yet, and lets go of the folder. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer)
    try {
      await this.#writing
      await this.#write()
    } finally {
      this.#release()
    }
  }

  /** Sees every change: through the engine's own events, and of consumer groups, which have none. */
  #watch(): void {
    const { mutations } = this.#database
    const emit = mutations.emit.bind(mutations)
    mutations.emit = (event) => {
      this.#note(event)
      emit(event)
    }
    const updateStream = this.#database.updateStream.bind(this.#database)
    this.#database.updateStream = (key, mutator) => {
      const result = updateStream(key, mutator)
      this.#noteKey(key)
      return result
    }
  }

  #note(event: RedisMutationEvent): void {
    if (event.type === 'flush') {
      this.#dirty.clear()
      this.#values.clear()
      this.#encoded.clear()
      this.#changed = true
      this.#schedule()
    } else if (event.type === 'evict') {
      // It is not restored from a snapshot either: nothing needs to be written for it.
      this.#dirty.delete(nameOf(event.key))
      this.#values.delete(nameOf(event.key))
      this.#encoded.delete(nameOf(event.key))
    } else {
      if (event.type === 'write') this.#values.set(nameOf(event.key), event.value)
      if (event.type === 'delete') this.#values.delete(nameOf(event.key))
      this.#noteKey(event.key)
    }
  }

  #noteKey(key: Buffer): void {
    this.#dirty.set(nameOf(key), key)
    this.#schedule()
  }

  #schedule(delay = this.#delayMs): void {
    if (this.#loading || this.#closed) return
    if (this.#timer !== undefined || this.#writing !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#writing = this.#write()
        .then(() => this.#say(undefined))
        .catch((error: unknown) => this.#say(error))
        .finally(() => {
          this.#writing = undefined
          // What changed meanwhile has waited for as long as the writing took.
          if (this.#dirty.size > 0 || this.#changed) this.#schedule(this.#delayMs / 2)
        })
    }, delay)
  }

  async #write(): Promise<void> {
    // Each key once: one that changes all the time would be encoded again and again.
    const changed = [...this.#dirty]
    for (let share = SLICE_MS; changed.length > 0; ) {
      this.#encode(changed, share)
      const given = performance.now()
      await nextTurn()
      // Commands that hold the process up for longer may not keep the snapshot from its end.
      share = Math.max(SLICE_MS, performance.now() - given)
    }
    const turn = await this.#database.turnQueue.waitTurn()
    let keys: EncodedKey[]
    try {
      // No command and no transaction is half done now. What is left changed in the last few slices.
      this.#encode([...this.#dirty])
      if (!this.#changed) return
      keys = [...this.#encoded.values()]
      this.#changed = false
      this.#unfinished = true
    } finally {
      turn.release()
    }
    try {
      this.#checkLock()
      await this.#folder.write(keys)
      this.#unfinished = false
    } catch (error) {
      this.#changed = true
      throw error
    }
  }

  /** Encodes keys that changed, for some time, and takes them off the list. */
  #encode(changed: [string, Buffer][], forMs = Number.POSITIVE_INFINITY): void {
    const until = performance.now() + forMs
    for (let next = changed.pop(); next !== undefined; next = changed.pop()) {
      const [name, key] = next
      if (!this.#dirty.delete(name)) continue
      const before = this.#encoded.get(name)
      const expiration = this.#database.getExpiration(key)
      const value = this.#values.get(name)
      if (value === undefined || expiration.kind === 'missing') {
        if (this.#encoded.delete(name)) this.#changed = true
        continue
      }
      const expiresAt = expiration.kind === 'expires' ? expiration.expiresAt : undefined
      const pieces = [...piecesOf(key, value, expiresAt)].map(encodePiece)
      if (before === undefined || !areEqual(before, pieces)) {
        this.#encoded.set(name, pieces)
        this.#changed = true
      }
      if (performance.now() > until) break
    }
  }

  #checkLock(): void {
    if (!this.#lock.holds) throw new LockLost()
  }

  /** Says once that writing fails, and once that it works again. */
  #say(error: unknown): void {
    if (error !== undefined && !this.#failing) {
      const why = error instanceof Error ? error.message : String(error)
      console.error(
        `The store is not kept in ${this.#folder.path}: ${why}. It is tried again; what is in memory is served meanwhile.`,
      )
    } else if (error === undefined && this.#failing) {
      console.error(`The store is kept in ${this.#folder.path} again.`)
    }
    this.#failing = error !== undefined
  }

  /** For a process that ends without closing: a second signal, a defect. */
  readonly #atExit = (): void => {
    try {
      this.#encode([...this.#dirty])
      if (this.#changed || this.#unfinished) {
        this.#checkLock()
        this.#folder.writeSync(this.#encoded.values())
      }
    } catch (error) {
      this.#say(error)
    }
    this.#release()
  }

  #release(): void {
    process.off('exit', this.#atExit)
    this.#lock.release()
  }
}

/** This process was stopped for so long that another one took it for gone. */
class LockLost extends Error {
  override readonly name = 'LockLost'

  constructor() {
    super('another process has taken the folder')
  }
}

/** Every sequence of bytes as a text of its own. */
function nameOf(key: Buffer): string {
  return key.toString('latin1')
}

function areEqual(some: EncodedKey, others: EncodedKey): boolean {
  return (
    some.length === others.length &&
    some.every((piece, index) => others[index]?.equals(piece) === true)
  )
}

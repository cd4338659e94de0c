import { Redis } from 'ioredis'
import type { RedisDatabase } from 'js-redis-server/core'
import { emptyValue } from '../kept-store/values.ts'
import { keepInOrder } from './in-order.ts'
import { Session } from './session.ts'

/** A RESP2 reply: bulk strings as bytes, errors as values. */
export type EngineReply = Buffer | string | number | null | Error | EngineReply[]

/** What the gateway needs of a Redis: raw commands in, raw replies out. */
export interface Engine {
  name: 'redis' | 'embedded'
  /** Whether scripts may begin with `#!lua`. */
  knowsShebang: boolean
  call(command: readonly Buffer[]): Promise<EngineReply>
  /** Runs commands in one transaction; an error of the transaction itself rejects. */
  transaction(commands: readonly (readonly Buffer[])[]): Promise<EngineReply[]>
  close(): Promise<void>
}

/** The engine is gone or does not answer; Redis's own errors are replies, not this. */
export class EngineGone extends Error {
  override readonly name = 'EngineGone'
}

/** A transaction that Redis did not begin: nothing of it was executed. */
export class TransactionRefused extends Error {
  override readonly name = 'TransactionRefused'
}

/**
 * A Redis server over TCP, the real one; it comes when it is connected, or is known not to be. Who computes for
 * long before the first command would be too late for the connection otherwise.
 */
export async function redisEngine(url: string, connectTimeout = 10_000): Promise<Engine> {
  const redis = new Redis(url, {
    // A command fails at once while the server is away; the connection comes back by itself.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
    connectTimeout,
  })
  // ioredis emits every failed reconnect; each command reports it already.
  redis.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    for (const event of ['ready', 'error', 'end', 'close']) redis.once(event, () => resolve())
  })
  let closed = false
  return {
    name: 'redis',
    knowsShebang: true,
    call: async ([command, ...args]) => {
      if (closed) throw new EngineGone('closed')
      try {
        return (await redis.callBuffer(String(command), ...args)) as EngineReply
      } catch (error) {
        return replyError(error)
      }
    },
    transaction: async (commands) => {
      if (closed) throw new EngineGone('closed')
      const multi = redis.multi()
      for (const [command, ...args] of commands) multi.callBuffer(String(command), ...args)
      try {
        const replies = await multi.exec()
        if (replies === null) throw new EngineGone('transaction discarded')
        return replies.map(([error, reply]) => (error ?? reply) as EngineReply)
      } catch (error) {
        throw new TransactionRefused(replyError(error).message)
      }
    },
    close: async () => {
      closed = true
      redis.disconnect()
    },
  }
}

/** Redis in this process, without a socket: gone when it is closed. */
export async function embeddedEngine(): Promise<Engine> {
  return (await embedded()).engine
}

/** The same, and the database that it serves: for who keeps it. */
export async function embedded(): Promise<{ engine: Engine; database: RedisDatabase }> {
  const core = await import('js-redis-server/core')
  const state = new core.RedisServerState({ databaseCount: 1 })
  const database = state.getDatabase(0)
  emitWithoutValues(database)
  readSortedSetsInPlace(database)
  const session = new Session(core, state)
  const answered = async (reply: () => Promise<EngineReply>): Promise<EngineReply> => {
    if (session.isClosed) throw new EngineGone('closed')
    try {
      return await reply()
    } catch (error) {
      throw new EngineGone(error instanceof Error ? error.name : 'unknown')
    }
  }
  const engine = stableScan({
    name: 'embedded',
    knowsShebang: false,
    call: (command) => answered(() => session.execute(command)),
    transaction: async (commands) => {
      const replies = await answered(() => session.transaction(commands))
      if (Array.isArray(replies)) return replies
      throw new TransactionRefused(replies instanceof Error ? replies.message : 'discarded')
    },
    close: async () => {
      if (!session.isClosed) await session.close()
      state.close()
    },
  })
  return { engine, database }
}

/**
 * The engine copies the whole value of a key at each write, for listeners that none of ours is. Without, a
 * write costs the same whatever the key holds; an empty value says what type it is of.
 */
function emitWithoutValues({ mutations }: RedisDatabase): void {
  const emit = mutations.emit.bind(mutations)
  mutations.emit = (event) => {
    emit(event.type === 'write' ? { ...event, value: emptyValue(event.value.type) } : event)
  }
}

/**
 * The engine copies a sorted set for everybody who reads it, and a ZADD reads it to see whether it is empty:
 * each write of an index would cost as much as the whole of it. No command changes what it has read.
 */
function readSortedSetsInPlace(database: RedisDatabase): void {
  database.getSortedSet = (key) => {
    if (database.getType(key) === null) return null
    const set = database.updateSortedSet(key, (tracked) => Reflect.get(tracked, 'zset'))
    keepInOrder(set.members)
    return set
  }
}

/** A Redis error is a reply; anything else means that the engine is gone. */
function replyError(error: unknown): Error {
  if (error instanceof Error && error.name === 'ReplyError') return error
  throw new EngineGone(error instanceof Error ? error.name : 'unknown')
}

/**
 * SCAN in an order that deletes do not shift: by a hash of the key, the cursor being the next hash.
 * The embedded engine's own cursor is a position, and misses keys when others go.
 */
function stableScan(engine: Engine): Engine {
  return {
    ...engine,
    call: async (command) => {
      const [name, cursor, ...options] = command.map(String)
      const read = (option: string): string | undefined =>
        options[options.findIndex((word) => word.toUpperCase() === option) + 1 || options.length]
      const from = Number(cursor)
      const count = Number(read('COUNT') ?? 10)
      const valid = Number.isSafeInteger(from) && count > 0 && options.length % 2 === 0
      if (name?.toUpperCase() !== 'SCAN' || !valid) return engine.call(command)

      const found = await engine.call([Buffer.from('KEYS'), Buffer.from(read('MATCH') ?? '*')])
      if (!Array.isArray(found)) return found
      const ahead = found
        .filter((key) => Buffer.isBuffer(key))
        .map((key) => ({ key, hash: fnv1a(key) }))
        .filter(({ hash }) => hash >= from)
        .sort((a, b) => a.hash - b.hash)
      const last = ahead[count - 1]?.hash
      // Keys of one hash stay on one page.
      const page = last === undefined ? ahead : ahead.filter(({ hash }) => hash <= last)
      const next = page.length === ahead.length ? 0 : (page.at(-1)?.hash ?? 0) + 1
      const keys = await ofType(
        engine,
        page.map(({ key }) => key),
        read('TYPE'),
      )
      return [Buffer.from(String(next)), keys]
    },
  }
}

async function ofType(engine: Engine, keys: Buffer[], type: string | undefined): Promise<Buffer[]> {
  if (type === undefined) return keys
  const types = await Promise.all(keys.map((key) => engine.call([Buffer.from('TYPE'), key])))
  return keys.filter((_, index) => String(types[index]) === type.toLowerCase())
}

/** FNV-1a, 32 bits. */
function fnv1a(bytes: Buffer): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

import { Redis } from 'ioredis'
import type { RedisDatabase } from 'js-redis-server/core'
import { emptyValue } from '../kept-store/values.ts'
import { keepInOrder } from './in-order.ts'
import { Session } from './session.ts'
import { stableScan } from './stable-scan.ts'

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
    // One that takes the connection and says nothing is not known to be away, and holds nobody up.
    setTimeout(resolve, connectTimeout).unref()
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
  listWithoutValues(database)
  const session = new Session(core, state)
  const answered = async (reply: () => Promise<EngineReply>): Promise<EngineReply> => {
    if (session.isClosed) throw new EngineGone('closed')
    try {
      return await reply()
    } catch (error) {
      throw new EngineGone(error instanceof Error ? error.name : 'unknown')
    }
  }
  const engine: Engine = {
    name: 'embedded',
    knowsShebang: false,
    call: stableScan(
      (command) => answered(() => session.execute(command)),
      (key) => database.getType(key),
    ),
    transaction: async (commands) => {
      const replies = await answered(() => session.transaction(commands))
      if (Array.isArray(replies)) return replies
      throw new TransactionRefused(replies instanceof Error ? replies.message : 'discarded')
    },
    close: async () => {
      if (!session.isClosed) await session.close()
      state.close()
    },
  }
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

/** The engine copies the whole store for KEYS, SCAN and RANDOMKEY, which look at names and types alone. */
function listWithoutValues(database: RedisDatabase): void {
  const keyspace: { entries: Map<string, ReturnType<RedisDatabase['entriesSnapshot']>[number]> } =
    Reflect.get(database, 'keyspace')
  database.entriesSnapshot = () => {
    database.sweepExpired()
    return Array.from(keyspace.entries.values(), ({ key, value }) => ({
      key,
      value: emptyValue(value.type),
    }))
  }
}

/** A Redis error is a reply; anything else means that the engine is gone. */
function replyError(error: unknown): Error {
  if (error instanceof Error && error.name === 'ReplyError') return error
  throw new EngineGone(error instanceof Error ? error.name : 'unknown')
}

import { Redis } from '@upstash/redis/cloudflare'
import { StoreUnavailable } from '../errors.ts'

/** One database over Upstash REST. */
export interface Database {
  url: string
  token: string
}

/** All store calls of one request share this much waiting; beyond it the request answers 503. */
export const STORE_DEADLINE_MS = 1_800

/**
 * Connects a client that returns values as they are stored.
 *
 * `automaticDeserialization` would turn `"12345"` and `"true"` into other types; a static abort
 * signal would make an aborted read resolve to null; `retries: 0` is one attempt (`retry: false`
 * would be two). Nothing is repeated behind a caller's back: a lost answer is a 503, and every
 * operation is safe for the client to repeat.
 */
export function connect(database: Database, options: { readYourWrites: boolean }): Redis {
  return new Redis({
    url: database.url,
    token: database.token,
    automaticDeserialization: false,
    enableTelemetry: false,
    enableAutoPipelining: false,
    readYourWrites: options.readYourWrites,
    retry: { retries: 0 },
    signal: () => AbortSignal.timeout(STORE_DEADLINE_MS),
  })
}

/** One reply of a pipeline, as the client returns it with `keepErrors`. */
export type Reply = { result?: unknown; error?: string | undefined }

/** A read-only command and how to understand its reply; several go in one round trip. */
export interface Read<value> {
  database: 'auth' | 'data'
  queue(pipeline: ReturnType<Redis['pipeline']>): unknown
  parse(reply: Reply): value
}

/** Refuses any reply that is not a list: an outage must never look like an answer. */
export function replyList(reply: Reply): unknown[] {
  if (reply.error !== undefined) throw new StoreUnavailable(`reply: ${errorWord(reply.error)}`)
  if (!Array.isArray(reply.result)) throw new StoreUnavailable('reply: not a list')
  return reply.result
}

/** The first word of a Redis error (`WRONGTYPE`, `OOM`): the rest may hold values. */
export function errorWord(message: string): string {
  return /^[A-Z]{2,32}\b/.exec(message)?.[0] ?? 'unnamed error'
}

/** A string, or undefined for nil. Anything else is not an answer. */
export function text(value: unknown): string | undefined {
  if (value === null || value === false || value === undefined) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw new StoreUnavailable('reply: not a string')
}

/** Asks whether a database answers. */
export function pingRead(database: Read<true>['database']): Read<true> {
  return {
    database,
    queue: (pipeline) => pipeline.ping(),
    parse: (reply) => {
      if (reply.result !== 'PONG') throw new StoreUnavailable('ping: unexpected reply')
      return true
    },
  }
}

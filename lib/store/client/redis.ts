import { Redis } from '@upstash/redis/cloudflare'
import { currentTraceparent } from '../../trace.ts'
import { currentSight, SyncTokens } from './sync.ts'
import type { Transport } from './transport.ts'
import { STORE_DEADLINE_MS } from './trips.ts'

/** One database over Upstash REST. A host on Node may reach it in another way. */
export interface Database {
  url: string
  token: string
  /** What the store speaks to, instead of the official client. */
  store?: Transport
  /** Runs one command of the limiter, whose writes no read waits for, instead of `fetch`. */
  count?: RunCommand
}

/** Runs one command. An error of Redis rejects, with its first word. */
export type RunCommand = (command: (string | number)[]) => Promise<unknown>

/**
 * Connects a client that returns values as they are stored.
 *
 * `automaticDeserialization` would turn `"12345"` and `"true"` into other types; a static abort
 * signal would make an aborted read resolve to null; `retries: 0` is one attempt (`retry: false`
 * would be two). Nothing is repeated behind a caller's back: a lost answer is a 503, and what
 * was written stays written. Repeating an operation never does a thing twice.
 */
export function connect(database: Database, deadlineMs = STORE_DEADLINE_MS): Transport {
  if (database.store !== undefined) return database.store
  const redis = new Redis({
    url: database.url,
    token: database.token,
    automaticDeserialization: false,
    enableTelemetry: false,
    enableAutoPipelining: false,
    // The client's base64 decoder drops a byte order mark; JSON keeps every text as it is.
    responseEncoding: false,
    readYourWrites: true,
    retry: { retries: 0 },
    signal: () => AbortSignal.timeout(deadlineMs),
  })
  // The client merges these headers into every request, leaving out what is undefined.
  const { client } = redis as unknown as { client: Client }
  const traceparent = { enumerable: true, get: currentTraceparent }
  Object.defineProperty(client.headers, 'traceparent', traceparent)
  keepSyncToken(client)
  return redis
}

/** The members of the client inside `Redis` that are used here. */
interface Client {
  headers: object
  upstashSyncToken: string
  request: (sent: { path?: string[]; body?: unknown }) => Promise<unknown>
}

/**
 * Lets each call send the sync token that its request needs, and keeps that of its answer: as shipped the
 * last answer wins, and the next read may miss a write. See {@link SyncTokens}.
 */
function keepSyncToken(client: Client): void {
  const send = client.request
  const tokens = new SyncTokens()
  client.request = async (sent) => {
    const sight = currentSight()
    const asked = tokens.asked(sight)
    // Sends this token, and takes that of its answer for itself.
    const own: Client = Object.create(client)
    own.upstashSyncToken = asked
    const answer = await send.call(own, sent)
    // Reads are pipelines here, which have a path, and writes are not.
    const kind = sent.path === undefined ? 'write' : 'read'
    tokens.answered(kind, { asked, token: own.upstashSyncToken, sight })
    return answer
  }
}

/** One reply of a pipeline, as the client returns it with `keepErrors`. */
export type Reply = { result?: unknown; error?: string | undefined }

/**
 * The read-only commands that the store's reads are made of, as the official client names them.
 * Whatever carries commands to a database takes these.
 */
export interface CommandQueue {
  get(key: string): unknown
  hmget(key: string, ...fields: string[]): unknown
  zscore(key: string, member: string): unknown
  zmscore(key: string, members: string[]): unknown
  zcard(key: string): unknown
  zrange(key: string, min: LexBound, max: LexBound, options: LexRange): unknown
  dbsize(): unknown
  scan(cursor: string, options: ScanOptions): unknown
  evalRo(script: string, keys: string[], args: string[]): unknown
}

/** An end of a range of texts: all there are, or beyond (`(`) or from (`[`) one of them. */
export type LexBound = '-' | '+' | `(${string}` | `[${string}`

export interface LexRange {
  byLex: true
  offset: number
  count: number
}

export interface ScanOptions {
  match?: string
  count?: number
  type?: string
}

/** Commands that go to the database together, in one round trip. */
export interface Pipeline extends CommandQueue {
  /** Sends them. An error of one command is its reply, and the others have theirs. */
  exec(options: { keepErrors: true }): Promise<Reply[]>
}

/**
 * What the store speaks to: one database, however it is reached. The official client over REST is one;
 * hosts on Node have others in `local/transports`.
 *
 * Each call is one round trip and ends by itself when no answer comes in time. What fails rejects, and
 * what an error says of it holds no value: an outage must never look like an answer. Nothing is repeated
 * that may have been executed.
 */
export interface Transport {
  /** Runs a script that writes, at the primary: reads that begin after its answer see what it wrote. */
  eval(script: string, keys: string[], args: string[]): Promise<unknown>
  /** Begins a pipeline of reads. */
  pipeline(): Pipeline
}

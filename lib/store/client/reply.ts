import { StoreUnavailable } from '../../contract/problems.ts'
import type { CommandQueue } from './transport.ts'

/** One reply of a pipeline, as the client returns it with `keepErrors`. */
export type Reply = { result?: unknown; error?: string | undefined }

/** A read-only command and how to understand its reply; several go in one round trip. */
export interface Read<value> {
  database: 'auth' | 'data'
  queue(pipeline: CommandQueue): unknown
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

/** A whole number, as text or as a number. */
export function integer(value: unknown): number {
  const number = Number(text(value))
  if (!Number.isSafeInteger(number)) throw new StoreUnavailable('reply: not an integer')
  return number
}

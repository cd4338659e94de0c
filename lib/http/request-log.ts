import type { Operation } from '../contract/operations.ts'
import type { Failure } from '../contract/problems.ts'
import { log } from '../log.ts'
import type { Decision, QuotaState } from '../rate-limit/types.ts'
import type { Spent } from '../store/client/trips.ts'
import type { Trace } from '../trace.ts'
import type { Caller } from './credentials/present.ts'
import type { Match } from './router.ts'

/** What is known of one request when it is answered. */
export interface RequestRecord {
  requestId: string
  /** See {@link operationName}; undefined where no operation was found. */
  operation: string | undefined
  caller: Caller
  status: number
  failure: Failure | undefined
  spent: Spent | undefined
  milliseconds: number
  /** `<policy>=<remaining>` of every quota counted, also by the gate. */
  limits: readonly string[]
  trace: Trace | undefined
}

/** Method and template, with the collection's own name in place of `{collection}`. */
export function operationName({ method, path }: Operation, { collection }: Match): string {
  return `${method} ${collection === undefined ? path : path.replace('{collection}', collection.name)}`
}

/** An account's opaque id. One that was typed by hand has none before it signs in, but its address. */
const OPAQUE_ID = /^u_[0-9A-Za-z]{16,}$/

/**
 * Writes the one line of a request, by whoever answers it. It names the operation and not the path,
 * which may hold an address; a failure's reason is our own words. Ids of sessions, API keys and
 * accounts open nothing.
 */
export function logRequest(record: RequestRecord): void {
  const { requestId, operation, caller, status, failure, spent, milliseconds, limits } = record
  const { session, key, user = '' } = caller
  const level = status === 500 ? 'error' : status > 500 ? 'warn' : 'info'
  log(level, 'request', {
    requestId,
    traceId: record.trace?.id,
    operation,
    session,
    key,
    user: OPAQUE_ID.test(user) ? user : undefined,
    status,
    code: failure?.code,
    reason: failure?.reason,
    trips: spent?.count ?? 0,
    commands: spent?.commands ?? 0,
    ms: Math.max(0, Math.round(milliseconds)),
    limits: limits.length === 0 ? undefined : limits.join(' '),
  })
}

/** The policies that denied. */
export function denying(decisions: readonly Decision[]): string[] {
  return decisions.filter(({ allowed }) => !allowed).map(({ policy }) => policy)
}

/** What {@link RequestRecord} keeps of a decision. */
export function limitUsed({ policy, remaining }: QuotaState): string {
  return `${policy}=${remaining}`
}

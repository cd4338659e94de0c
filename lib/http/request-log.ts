import type { Failure } from '../errors.ts'
import { log } from '../log.ts'
import type { Decision } from '../rate-limit/types.ts'
import type { Spent } from '../store/trips.ts'
import type { Trace } from '../trace.ts'
import type { Operation } from './contract.ts'

/** What is known of one request when it is answered. */
export interface RequestRecord {
  requestId: string
  /** Undefined where no operation was found. */
  row: Operation | undefined
  /** The session's id: it names nobody, and opens nothing. */
  principal: string | undefined
  status: number
  failure: Failure | undefined
  spent: Spent | undefined
  milliseconds: number
  /** `<policy>=<remaining>` of every quota counted, also by the gate. */
  limits: readonly string[]
  trace: Trace | undefined
}

/**
 * Writes the one line of a request, by whoever answers it. It names the operation and not the path,
 * which may hold an address; a failure's reason is our own words.
 */
export function logRequest(record: RequestRecord): void {
  const { requestId, row, principal, status, failure, spent, milliseconds, limits } = record
  const level = status === 500 ? 'error' : status > 500 ? 'warn' : 'info'
  log(level, 'request', {
    requestId,
    traceId: record.trace?.id,
    operation: row === undefined ? undefined : `${row.method} ${row.path}`,
    principal,
    status,
    code: failure?.code,
    reason: failure?.reason,
    trips: spent?.count ?? 0,
    commands: spent?.commands ?? 0,
    ms: Math.max(0, Math.round(milliseconds)),
    limits: limits.length === 0 ? undefined : limits.join(' '),
  })
}

/** What {@link RequestRecord} keeps of a decision. */
export function limitUsed({ policy, remaining }: Decision): string {
  return `${policy}=${remaining}`
}

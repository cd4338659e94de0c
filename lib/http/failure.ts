import { EnvironmentFault } from '../env.ts'
import { type Failure, fail, StoreUnavailable } from '../errors.ts'
import { log } from '../log.ts'

/**
 * Turns whatever was thrown into a failure: an outage is 503, anything else is our defect. The log
 * gets the kind and the place, never a message that a library wrote: it may hold values.
 */
export function failureOf(error: unknown, requestId: string): Failure {
  if (error instanceof StoreUnavailable) {
    log('warn', 'store.unavailable', { requestId, reason: error.message })
    return fail('service-unavailable', error.message)
  }
  if (error instanceof EnvironmentFault) {
    log('error', 'environment.faulty', { requestId, faults: error.message })
    return fail('internal-error', 'environment')
  }
  const kind = error instanceof Error ? error.name : typeof error
  const place = error instanceof Error ? placeOf(error) : undefined
  log('error', 'defect', { requestId, kind, place })
  return fail('internal-error', kind)
}

/** The top frame alone: function and line, no message. */
function placeOf(error: Error): string | undefined {
  return error.stack
    ?.split('\n')
    .find((line) => /^\s*at /.test(line))
    ?.trim()
    .slice(0, 200)
}

/** Writes why a request was refused: the code that the client got, and the reason that it did not. */
export function logFailure(operation: string, requestId: string, failure: Failure): void {
  const level = failure.code === 'service-unavailable' ? 'warn' : 'info'
  const { code, reason } = failure
  log(level, 'request.failed', { requestId, operation, code, reason })
}

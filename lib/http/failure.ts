import { type Failure, fail, StoreUnavailable } from '../contract/problems.ts'
import { EnvironmentFault } from '../settings/settings.ts'

/**
 * Turns whatever was thrown into a failure: an outage is 503, anything else is our defect. Its
 * reason, for the log, has the kind and the place, never a message that a library wrote: it may hold
 * values.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof StoreUnavailable) return fail('service-unavailable', error.message)
  // Our own words, which name variables and no values.
  if (error instanceof EnvironmentFault) return fail('internal-error', error.message)
  const kind = error instanceof Error ? error.name : typeof error
  const place = error instanceof Error ? placeOf(error) : undefined
  return fail('internal-error', place === undefined ? kind : `${kind} ${place}`)
}

/** The top frame alone: function and line, no message. */
function placeOf(error: Error): string | undefined {
  return error.stack
    ?.split('\n')
    .find((line) => /^\s*at /.test(line))
    ?.trim()
    .slice(0, 200)
}

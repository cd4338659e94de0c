import type { Deps } from '../deps/base.ts'
import type { WaitUntil } from '../rate-limit/types.ts'
import { Store } from '../store/client/store.ts'
import { Trips } from '../store/client/trips.ts'
import type { SecurityEventType } from '../store/event-types.ts'
import { type EventFields, recordEvent } from '../store/events.ts'
import { failureOf } from './failure.ts'

/** An event that cannot be recorded is in the log, and costs the client nothing. */
export async function record(
  deps: Deps,
  ...event: [SecurityEventType, EventFields]
): Promise<void> {
  try {
    await recordEvent(new Store(deps.databases, new Trips(deps.now)), ...event)
  } catch {
    deps.log('warn', 'event.not-recorded', { type: event[0] })
  }
}

/** Work that nobody waits for, each step with time of its own; that it failed is in the log. */
export async function inBackground(
  deps: Deps,
  work: (store: () => Store) => Promise<unknown>,
): Promise<void> {
  try {
    await work(() => new Store(deps.databases, new Trips(deps.now)))
  } catch (error) {
    deps.log('warn', 'background.failed', { reason: failureOf(error).reason })
  }
}

/** The host's own way to keep work alive; it may throw outside a request, and the work then runs unattached. */
export function keptAlive(waitUntil: WaitUntil): WaitUntil {
  return (work) => {
    try {
      waitUntil(work)
    } catch {
      detached(work)
    }
  }
}

/** Lets work run unattached: its failure is nobody's. */
export function detached(work: Promise<unknown>): void {
  work.catch(() => undefined)
}

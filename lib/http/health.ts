import { fail, ok, type Result, StoreUnavailable } from '../contract/problems.ts'
import type { Log } from '../log.ts'
import { defineOperation } from '../operation.ts'
import type { Databases, Store } from '../store/client/store.ts'
import { probe } from '../store/health.ts'

/** `degraded` serves, and has a warning in the log. */
export interface Readiness {
  status: 'ok' | 'degraded'
}

type Answer = Result<Readiness, 'service-unavailable'>

interface ReadyCall {
  store: Store
  later: (work: Promise<unknown>) => void
}

interface ReadyDeps {
  databases: Databases
  now: () => number
  log: Log
}

/** The process answers. */
export const health = defineOperation('health', {
  summary: 'The process is alive',
  problems: [],
  answer: 'Health',
  run: async () => ok({ status: 'ok' }),
})

/** How long one probe answers for everybody. */
const SHARED_FOR_MS = 2_000
/** A probe that takes longer has ended with the request that began it. */
const LONGEST_PROBE_MS = 5_000

/** The last probe of an isolate's databases, and when it is done with, in epoch milliseconds. */
interface Probe {
  answer: Promise<Answer>
  until: number
}

const probes = new WeakMap<Databases, Probe>()

/**
 * The store is reachable, and takes writes. Anybody may ask, and as often as they like: each database
 * is asked once in two seconds and isolate, also when it fails. Strangers learn the outcome alone;
 * what is wrong is in the log.
 */
export const ready = defineOperation('ready', {
  summary: 'The store is reachable',
  problems: ['service-unavailable'],
  answer: 'Readiness',
  run: sharedProbe,
})

/** Probes the store, or waits for the probe of another request. */
export async function sharedProbe(call: ReadyCall, deps: ReadyDeps): Promise<Answer> {
  const { databases, now } = deps
  const known = probes.get(databases)
  if (known !== undefined && now() < known.until) return known.answer
  const begun: Probe = { answer: ask(call, deps), until: now() + LONGEST_PROBE_MS }
  const settled = begun.answer.finally(() => {
    begun.until = now() + SHARED_FOR_MS
  })
  // Other requests wait for this probe, so it goes on when its client leaves.
  call.later(settled.catch(() => undefined))
  probes.set(databases, begun)
  return begun.answer
}

async function ask({ store }: ReadyCall, { databases, log }: ReadyDeps): Promise<Answer> {
  try {
    const apart = databases.auth !== databases.data
    const policies = await Promise.all([
      probe(store, 'data'),
      ...(apart ? [probe(store, 'auth')] : []),
    ])
    const policy = policies.find((each) => each !== undefined)
    if (policy === undefined) return ok({ status: 'ok' })
    const consequence = 'accounts and sessions can vanish: set maxmemory-policy noeviction'
    log('warn', 'store.evicts', { policy, consequence })
    return ok({ status: 'degraded' })
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    return fail('service-unavailable', error.message)
  }
}

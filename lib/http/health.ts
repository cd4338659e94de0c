import { fail, ok, type Result, StoreUnavailable } from '../errors.ts'
import { probe } from '../store/health.ts'
import type { Store } from '../store/store.ts'

/** `degraded` serves, and has a warning for the operator. */
export interface Readiness {
  status: 'ok' | 'degraded'
  warnings?: string[]
}

/** The process answers. */
export const healthCase = {
  run: async (): Promise<Result<{ status: 'ok' }>> => ok({ status: 'ok' }),
}

/**
 * The store is reachable now, and takes writes. Probes are not limited and share no answer: one trip
 * each.
 */
export const readyCase = {
  run: async ({ store }: { store: Store }): Promise<Result<Readiness, 'service-unavailable'>> => {
    try {
      const policies = await Promise.all([probe(store, 'auth'), probe(store, 'data')])
      const policy = policies.find((each) => each !== undefined)
      if (policy === undefined) return ok({ status: 'ok' })
      const danger = `The store evicts keys (maxmemory-policy ${policy}): accounts and sessions can vanish. Set noeviction.`
      return ok({ status: 'degraded', warnings: [danger] })
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      const refuses = /\b(READONLY|OOM|MISCONF|NOREPLICAS|NOPERM)\b/.test(error.message)
      const detail = refuses ? 'The store takes no writes.' : 'The store does not answer.'
      return fail('service-unavailable', error.message, { detail })
    }
  },
}

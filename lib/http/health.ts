import { fail, ok, type Result, StoreUnavailable } from '../errors.ts'
import { pingRead } from '../store/reply.ts'
import type { Store } from '../store/store.ts'

/** The process answers. */
export const healthCase = {
  run: async (): Promise<Result<{ status: 'ok' }>> => ok({ status: 'ok' }),
}

/** The store is reachable now. Probes are not limited and share no answer: one trip each. */
export const readyCase = {
  run: async ({
    store,
  }: {
    store: Store
  }): Promise<Result<{ status: 'ok' }, 'service-unavailable'>> =>
    (await isReachable(store))
      ? ok({ status: 'ok' })
      : fail('service-unavailable', 'store not reachable'),
}

async function isReachable(store: Store): Promise<boolean> {
  try {
    await store.read(pingRead('auth'), pingRead('data'))
    return true
  } catch (error) {
    if (error instanceof StoreUnavailable) return false
    throw error
  }
}

import { fail, ok, type Result, StoreUnavailable } from '../errors.ts'
import { pingRead } from '../store/reply.ts'
import type { Store } from '../store/store.ts'

/** The process answers. */
export const healthCase = {
  run: async (): Promise<Result<{ status: 'ok' }>> => ok({ status: 'ok' }),
}

const KEEP_MS = 1_000
let latest: { at: number; reachable: Promise<boolean> } | undefined

/**
 * The store is reachable. Probes are not limited, so one answer serves a second: a flood of probes
 * asks the store once a second.
 */
export const readyCase = {
  run: async (
    { store }: { store: Store },
    { now }: { now: () => number },
  ): Promise<Result<{ status: 'ok' }, 'service-unavailable'>> => {
    if (latest === undefined || now() - latest.at > KEEP_MS) {
      latest = { at: now(), reachable: isReachable(store) }
    }
    return (await latest.reachable)
      ? ok({ status: 'ok' })
      : fail('service-unavailable', 'store not reachable')
  },
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

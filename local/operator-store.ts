import { announcedStore } from './announce.ts'
import { isLocal, openStore, redisUrlFault, storeKind } from './store.ts'

/** The store that an operator's command works on, and how to let go of it. */
export interface OperatorStore {
  database: { url: string; token: string }
  /** Whether the data is on this machine. */
  local: boolean
  close: () => Promise<void>
}

/**
 * Finds the store: what the environment names, else that of a running `npm run up`.
 *
 * @returns A sentence that says what to do when there is none.
 */
export async function operatorStore(): Promise<OperatorStore | string> {
  const fault = redisUrlFault(process.env)
  if (fault !== undefined) return fault
  if (storeKind(process.env) === 'embedded') {
    const running = await announcedStore()
    return running === undefined
      ? 'There is no store: set UPSTASH_REDIS_REST_URL and _TOKEN or REDIS_URL, or start `npm run up`.'
      : { database: running, local: running.local, close: async () => undefined }
  }
  const gateway = await openStore(process.env)
  const url = process.env['UPSTASH_REDIS_REST_URL'] || process.env['KV_REST_API_URL'] || ''
  const token = process.env['UPSTASH_REDIS_REST_TOKEN'] || process.env['KV_REST_API_TOKEN'] || ''
  return {
    database: { url, token },
    local: isLocal(url) && isLocal(process.env['REDIS_URL']),
    close: async () => {
      await gateway?.close()
      await gateway?.engine.close()
    },
  }
}

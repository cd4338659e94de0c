import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { PROBE } from './scripts/health.ts'

/**
 * Asks whether the store takes writes. @returns The policy by which it evicts keys, where it does
 * and says so.
 */
export async function probe(store: Store, database: 'auth' | 'data'): Promise<string | undefined> {
  const { policy } = await store.write(PROBE, { probeKey: keys.probe }, {}, database)
  return policy === '' || policy === 'noeviction' ? undefined : policy
}

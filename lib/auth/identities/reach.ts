import type { ProviderHttp } from './provider-http.ts'
import { providerHttp } from './provider-http.ts'
import type { ProviderMemory } from './provider-memory.ts'

/** A provider's part of one request, in milliseconds: what is left of five seconds is for the store. */
const PATIENCE_MS = 4_500
/** For what is known, and only brought up to date. */
const QUICK_MS = 1_500

/** How one request reaches providers. */
export interface Reach {
  http: ProviderHttp
  /** With less patience. */
  quick: ProviderHttp
  memory: ProviderMemory
}

/** Makes the way to a provider: its time begins now. */
export function reachOf(ask: typeof fetch, memory: ProviderMemory): Reach {
  return {
    http: providerHttp(ask, AbortSignal.timeout(PATIENCE_MS)),
    quick: (url, init) => providerHttp(ask, AbortSignal.timeout(QUICK_MS))(url, init),
    memory,
  }
}

import type { AuthorizationServer, JWKSCacheInput } from 'oauth4webapi'
import { remember } from '../../bounded-map.ts'

/** What a provider says of itself is asked for anew after this long. */
const FRESH_MS = 600_000
/** For as long it serves a provider that is away. */
const KEPT_MS = 86_400_000
/** One that is away is asked again after this long: meanwhile what is known serves at once. */
const RETRY_MS = 30_000
const MOST_PROVIDERS = 100

interface Kept<value> {
  value: value
  at: number
  askedAgainAt: number
}

/**
 * What this isolate knows of providers: what they publish of themselves, and their keys. Both have an age, and
 * serve on while a provider is away for a moment.
 */
export class ProviderMemory {
  /** Keys by their address, as oauth4webapi keeps them: five minutes, one for a key that is not among them. */
  readonly #keys = new Map<string, JWKSCacheInput>()
  readonly metadata: Memory<AuthorizationServer>
  /** The texts of key sets. */
  readonly keySets: Memory<string>

  constructor(now: () => number) {
    this.metadata = new Memory(now, FRESH_MS)
    this.keySets = new Memory(now, 0)
  }

  keysAt(address: string): JWKSCacheInput {
    const known = this.#keys.get(address) ?? {}
    remember(this.#keys, address, known, MOST_PROVIDERS)
    return known
  }
}

/** Values by a name, each with its age. */
class Memory<value> {
  readonly #kept = new Map<string, Kept<value>>()
  readonly #now: () => number
  readonly #freshMs: number

  constructor(now: () => number, freshMs: number) {
    this.#now = now
    this.#freshMs = freshMs
  }

  /**
   * Gives what is fresh, or asks for it. If it cannot be had, what is known from the last day serves.
   *
   * @param ask Told whether there is something that would serve in its place.
   * @param mayServe Whether a failure is one that what is known gets over.
   */
  async get(
    name: string,
    ask: (isKnown: boolean) => Promise<value>,
    mayServe: (error: unknown) => boolean,
  ): Promise<value> {
    const now = this.#now()
    const kept = this.#kept.get(name)
    const isKnown = kept !== undefined && now - kept.at < KEPT_MS
    const isFresh = isKnown && now - kept.at < this.#freshMs
    if (isKnown && (isFresh || now < kept.askedAgainAt)) return kept.value
    try {
      const value = await ask(isKnown)
      remember(this.#kept, name, { value, at: now, askedAgainAt: now }, MOST_PROVIDERS)
      return value
    } catch (error) {
      if (!isKnown || !mayServe(error)) throw error
      kept.askedAgainAt = now + RETRY_MS
      return kept.value
    }
  }
}

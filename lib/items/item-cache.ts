import { remember } from '../bounded-map.ts'
import type { StoredFields } from '../store/stored-fields.ts'

interface Kept {
  /** Undefined after a change by this isolate: a read that began before the change is not kept. */
  stored: StoredFields | undefined
  /** When it was asked for or changed, in epoch milliseconds. */
  at: number
  /** A request was told that the item is stale, and reads it again. */
  renewing?: boolean
}

/** An item as it was read, and for how long that is. */
export interface CachedItem {
  stored: StoredFields
  ageSeconds: number
  /** The caller must read it again behind the answer; one caller is told. */
  stale: boolean
}

const MOST_ITEMS = 1_000
/** With {@link MOST_ITEMS} some 16 MB; larger items are read each time. */
const MOST_CHARACTERS = 8_192

/**
 * Items as this isolate last read them: fresh for a collection's `cacheSeconds`, then stale for as
 * long again. Missing items are not kept, so a new item shows at once. The cache holds data and no rights:
 * each request is checked for whether it may see the item.
 *
 * @see [RFC 5861 §3](https://www.rfc-editor.org/rfc/rfc5861.html#section-3) stale-while-revalidate
 */
export class ItemCache {
  readonly #now: () => number
  readonly #items = new Map<string, Kept>()

  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * @param seconds How long an item is fresh; 0 keeps none.
   * @param staleBefore Not one that was read before this, in epoch milliseconds.
   */
  find(key: string, seconds: number, staleBefore = 0): CachedItem | undefined {
    const kept = this.#items.get(key)
    const age = (this.#now() - (kept?.at ?? 0)) / 1_000
    if (kept?.stored === undefined || age >= 2 * seconds || kept.at < staleBefore) return undefined
    const stale = age >= seconds && kept.renewing !== true
    if (stale) kept.renewing = true
    return { stored: kept.stored, ageSeconds: Math.floor(age), stale }
  }

  /** Reads an item and keeps it, unless a change or a later read came in between. */
  async read<answer>(
    key: string,
    ask: () => Promise<answer>,
    storedOf: (answer: answer) => StoredFields | undefined,
  ): Promise<answer> {
    const at = this.#now()
    const answer = await ask()
    const found = storedOf(answer)
    // HMGET answers an absent hash with nothing for each field.
    const stored = found?.some((value) => value !== undefined) === true ? found : undefined
    const known = this.#items.get(key)
    // A change in the same millisecond may be the later one, so it wins. Of two reads the later one stays.
    const overtaken =
      known !== undefined && (known.stored === undefined ? known.at >= at : known.at > at)
    if (overtaken) return answer
    if (stored !== undefined && length(stored) <= MOST_CHARACTERS) {
      remember(this.#items, key, { stored, at }, MOST_ITEMS)
    } else this.#items.delete(key)
    return answer
  }

  /** Forgets an item. A read that is under way is not kept either. */
  forget(key: string): void {
    remember(this.#items, key, { stored: undefined, at: this.#now() }, MOST_ITEMS)
  }
}

function length(stored: StoredFields): number {
  return stored.reduce((sum, value) => sum + (value?.length ?? 0), 0)
}

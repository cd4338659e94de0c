import type { IndexLacking, ItemRows } from '../store/items.ts'
import { heal } from './heal.ts'
import { SMALL_KEYSPACE } from './plan.ts'
import type { CollectionCall } from './types.ts'

/** How soon users' lists show a hash that was typed by hand, in milliseconds, by the size of the keyspace. */
const PROMISED_MS = { upTo100_000: 10_000, beyond: 60_000 }
/** The part of that time that the reads before and after the healing take. */
const FOR_READS_MS = 4_000
/** Lists without a credential wait this long before a healing; twice as long for each that found nothing. */
const ANONYMOUS_REST_MS = 60_000
const MOST_DOUBLINGS = 4
/** An index that a query needs is built at once; after a try that failed, this many milliseconds later. */
const BUILDING_REST_MS = 1_000

/**
 * How long the indexes rest before a list begins their next healing, in milliseconds; undefined when
 * this list begins none.
 *
 * For users: as long as the promised time allows, because a hash may be typed just after SCAN has passed
 * it, and then waits for the rest and the next healing. Half as long if the last healing found
 * something. Otherwise at least as long as the last one took, so that healing without result takes half
 * of the time at most. For strangers: only if the number of keys has changed, because they could keep
 * healing busy for nothing.
 */
export function restMs(
  { keyspace, healed, way }: Pick<ItemRows | IndexLacking, 'keyspace' | 'healed' | 'way'>,
  isUser: boolean,
): number | undefined {
  const { agoMs, tookMs, idle } = healed
  if (keyspace <= SMALL_KEYSPACE / 2) return undefined
  if (agoMs === undefined) return 0
  if (way === 'unbuilt') return Math.max(tookMs, BUILDING_REST_MS)
  if (!isUser) {
    if (healed.keyspace === keyspace) return undefined
    return Math.max(tookMs, ANONYMOUS_REST_MS * 2 ** Math.min(idle, MOST_DOUBLINGS))
  }
  const promised = keyspace <= 100_000 ? PROMISED_MS.upTo100_000 : PROMISED_MS.beyond
  const longest = promised - FOR_READS_MS - 2 * tookMs
  return idle === 0 ? (promised - FOR_READS_MS) / 2 : Math.max(tookMs, longest)
}

/**
 * Starts a healing in the background when a list finds that it is due. It also starts while SCAN still
 * serves lists, so that the indexes are whole when the keyspace outgrows SCAN. Other reads need no index
 * and start none.
 */
export function healIfDue(call: CollectionCall<unknown>, found: ItemRows | IndexLacking): void {
  const rest = restMs(found, call.isProven())
  const { agoMs = Number.POSITIVE_INFINITY } = found.healed
  if (rest === undefined || agoMs < rest) return
  const { keyspace } = found
  call.background(async (store) => {
    const onBuild = (indexes: string[]): void =>
      call.log('info', 'indexes.building', { indexes: indexes.join(' ') })
    const { indexed, removed, built } = await heal(store, { restMs: rest, keyspace, onBuild })
    if (indexed + removed + built.length === 0) return
    call.log('info', 'indexes.healed', { indexed, removed, built: built.join(' ') })
  })
}

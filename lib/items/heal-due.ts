import type { IndexLacking, ItemRows } from '../store/items.ts'
import { heal } from './heal.ts'
import { SMALL_KEYSPACE } from './plan.ts'
import type { CollectionCall } from './types.ts'

/** Within so many milliseconds users' lists have a hash that was typed by hand, by the size of the keyspace. */
const PROMISED_MS = { upTo100_000: 10_000, beyond: 60_000 }
/** What of that is for the reads before and after the healing. */
const FOR_READS_MS = 4_000
/** Lists of nobody in particular begin a healing no sooner; twice as late for each that found nothing. */
const ANONYMOUS_REST_MS = 60_000
const MOST_DOUBLINGS = 4
/** An index that a query needs is built at once; after a try that did not end well, in a moment. */
const BUILDING_REST_MS = 1_000

/**
 * How long the indexes rest before a list begins their next healing, in milliseconds; undefined when
 * this list begins none.
 *
 * For users as long as the promise to them allows: a hash may be typed just behind a healing, which
 * then ends, rests and comes by again. Half of it when the last one found something, however long
 * that took to index. Otherwise never shorter than the last one took: looking for what is not there has
 * half of the time at most. For strangers only when keys have come or gone: they could keep it going
 * for nothing.
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
 * Starts a healing in the background when a list has found that it is time: before the keyspace has
 * outgrown SCAN, so that nothing vanishes when it does. Other reads need no index, and begin none.
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

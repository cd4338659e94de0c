import type { Collection } from '../../lib/collections/define.ts'
import { keptIndexesOf } from '../../lib/items/declaration.ts'
import { indexChanges, isThere } from '../../lib/items/indexing.ts'
import { readerOf } from '../../lib/items/item.ts'
import { applyItems, type ItemChange } from '../../lib/store/apply-items.ts'
import type { Store } from '../../lib/store/client/store.ts'
import { inspectionRead, keysRead } from '../../lib/store/inspection.ts'
import { keys } from '../../lib/store/keys.ts'
import type { StoredFields } from '../../lib/store/stored-fields.ts'
import { checkKey } from './faults.ts'
import { Findings } from './findings.ts'

/** Keys that are read, and changed, in one round trip. */
const BATCH = 250

/** A hash that can be converted. */
interface Conversion {
  id: string
  before: StoredFields
  after: StoredFields
  /** Whether it fits then. */
  fits: boolean
}

/** What a check has found. */
export interface Outcome {
  findings: Findings
  /** Hashes of which something can be converted. */
  convertible: number
  /** Those that were, and those that fit since. */
  converted: number
  mended: number
}

/**
 * Reads every key of a collection once, and tells what does not fit.
 *
 * @param fixes Whether what can be converted is.
 * @param onKeys Called with how many keys were read.
 */
export async function checkCollection(
  store: () => Store,
  collection: Collection,
  fixes: boolean,
  onKeys: (keys: number) => void,
): Promise<Outcome> {
  const outcome: Outcome = {
    findings: new Findings(),
    convertible: 0,
    converted: 0,
    mended: 0,
  }
  // SCAN may name a key twice.
  const seen = new Set<string>()
  let cursor = '0'
  do {
    const [page] = await store().read(keysRead(collection.prefix, cursor))
    cursor = page.cursor
    const ids = page.keys
      .map((key) => key.slice(collection.prefix.length))
      .filter((id) => id !== '' && !seen.has(id))
    for (let start = 0; start < ids.length; start += BATCH) {
      const some = ids.slice(start, start + BATCH)
      for (const id of some) seen.add(id)
      await checkBatch(store, collection, [...new Set(some)], fixes, outcome)
      onKeys(outcome.findings.keys)
    }
  } while (cursor !== '0')
  return outcome
}

async function checkBatch(
  store: () => Store,
  collection: Collection,
  ids: readonly string[],
  fixes: boolean,
  outcome: Outcome,
): Promise<void> {
  const { names } = readerOf(collection)
  const [found] = await store().read(inspectionRead(collection.prefix, ids, names))
  const conversions: Conversion[] = []
  for (const [index, id] of ids.entries()) {
    const each = found[index]
    if (each === undefined) continue
    const checked = checkKey(collection, id, each)
    outcome.findings.add(id, checked)
    const { mended, fitsThen } = checked
    if (mended === undefined) continue
    conversions.push({ id, before: each.fields, after: mended, fits: fitsThen })
  }
  outcome.convertible += conversions.length
  if (!fixes || conversions.length === 0) return
  for (const { fits } of await convert(store, collection, conversions)) {
    outcome.converted++
    if (fits) outcome.mended++
  }
}

/** @returns Those that were: what somebody else has changed meanwhile is left. */
async function convert(
  store: () => Store,
  collection: Collection,
  conversions: readonly Conversion[],
): Promise<Conversion[]> {
  const changes = conversions.map(
    ({ id, before, after }): ItemChange => ({
      key: keys.item(collection.prefix, id),
      verb: 'set',
      expected: before,
      next: after,
      indexes: indexChanges(collection, id, isThere(before) ? before : undefined, after),
    }),
  )
  const applied = await applyItems(store(), keptIndexesOf(collection), changes)
  const made = 'outcomes' in applied ? applied.outcomes : []
  return conversions.filter((_, index) => made[index] === 'made')
}

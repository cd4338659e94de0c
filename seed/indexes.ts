import { setTimeout as sleep } from 'node:timers/promises'
import type { Collection } from '../lib/collections/define.ts'
import { heal, indexesLacking } from '../lib/items/heal.ts'
import type { Transport } from '../lib/store/client/transport.ts'
import { loadingStore } from './import.ts'

/** Another healer was at work all along. */
export class HealerBusy extends Error {
  override readonly name = 'HealerBusy'

  constructor() {
    super('Another process is at work on the indexes: try again later')
  }
}

/** The background healer of a running server lets go within half a minute. */
const MOST_TRIES = 40
const PAUSE_MS = 1_000

/**
 * Builds the indexes of a collection that are not whole, and waits for a healer that is at work: lists that
 * need one are 503 until it is whole.
 *
 * @throws HealerBusy
 */
export async function wholeIndexes(redis: Transport, collection: Collection): Promise<void> {
  const store = loadingStore(redis)
  const collections = [collection]
  for (let tries = 0; (await indexesLacking(store, collections)).length > 0; tries++) {
    if (tries === MOST_TRIES) throw new HealerBusy()
    if (tries > 0) await sleep(PAUSE_MS)
    // What another declaration has claimed is taken at once: this one is being made.
    await heal(store, { restMs: 0, again: true, collections })
  }
}

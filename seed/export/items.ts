import type { Collection } from '../../lib/collections/define.ts'
import { isThere } from '../../lib/items/indexing.ts'
import { readerOf } from '../../lib/items/item.ts'
import { type Read, replyList, words } from '../../lib/store/client/reply.ts'
import type { Store } from '../../lib/store/client/store.ts'
import { itemRead } from '../../lib/store/items.ts'
import { keys } from '../../lib/store/keys.ts'
import type { StoredFields } from '../../lib/store/stored-fields.ts'

/** Items that are read in one round trip. */
const PAGE = 500

export interface StoredItem {
  id: string
  stored: StoredFields
}

/** Reads a collection in the order of the ids, page by page. @param after The id to begin behind. */
export async function* pagesOf(
  store: () => Store,
  { name, prefix }: Collection,
  names: readonly string[],
  after: string | undefined,
): AsyncGenerator<StoredItem[]> {
  let last = after
  for (;;) {
    const [ids] = await store().read(idsRead(name, last))
    if (ids.length === 0) return
    const read = await store().read(...ids.map((id) => itemRead(prefix, id, names)))
    yield ids.flatMap((id, index) => {
      const stored = read[index]
      // An id without a hash is taken out of the index by the next healing.
      return isThere(stored) ? [{ id, stored }] : []
    })
    last = ids.at(-1)
  }
}

/** The ids behind one of them. */
function idsRead(collection: string, after: string | undefined): Read<string[]> {
  const first = after === undefined ? '-' : (`(${after}` as const)
  return {
    database: 'data',
    queue: (pipeline) =>
      pipeline.zrange(keys.index(collection, 'id'), first, '+', {
        byLex: true,
        offset: 0,
        count: PAGE,
      }),
    parse: (reply) => words(replyList(reply)),
  }
}

export function namesOf(collection: Collection): readonly string[] {
  return readerOf(collection).names
}

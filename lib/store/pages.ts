import { StoreUnavailable } from '../contract/problems.ts'
import { type Read, replyList, text } from './client/reply.ts'
import type { StoredFields } from './items.ts'
import { keys } from './keys.ts'
import { LIST_ITEMS } from './scripts/items.ts'

/** With up to this many keys in the database, SCAN finds every account in some milliseconds. */
const SMALL_KEYSPACE = '10000'

export interface StoredPage {
  /** In the order of the ids' UTF-8 bytes. */
  items: { id: string; fields: StoredFields }[]
  more: boolean
}

/** Reads one page in one read-only command. See {@link LIST_ITEMS}. */
export function pageRead(
  prefix: string,
  index: string,
  fields: readonly string[],
  page: { after: string; limit: number },
  database: 'auth' | 'data',
): Read<StoredPage> {
  return {
    database,
    queue: (pipeline) =>
      pipeline.evalRo(
        LIST_ITEMS,
        [index],
        [prefix, keys.under(prefix), page.after, String(page.limit), SMALL_KEYSPACE, ...fields],
      ),
    parse: (reply) => {
      const [more, ...rows] = replyList(reply)
      const items = rows.map((row) => {
        if (!Array.isArray(row)) throw new StoreUnavailable('page: unexpected reply')
        const [id, values] = row
        if (!Array.isArray(values)) throw new StoreUnavailable('page: unexpected reply')
        return { id: text(id) ?? '', fields: values.map(text) }
      })
      return { items, more: more === 1 }
    },
  }
}

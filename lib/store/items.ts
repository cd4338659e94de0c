import { StoreUnavailable } from '../errors.ts'
import { keys } from './keys.ts'
import { type Read, replyList, text } from './reply.ts'
import { LIST_ITEMS } from './scripts/items.ts'

/** A hash as it is stored: the declared fields only, undefined where the hash has none. */
export type StoredFields = (string | undefined)[]

export interface StoredPage {
  /** In the order of the ids' UTF-8 bytes. */
  items: { id: string; fields: StoredFields }[]
  more: boolean
}

/**
 * Reads the declared fields of one hash, and of no key outside the collection's prefix. A key of
 * another type is not an item: undefined.
 */
export function itemRead(
  prefix: string,
  id: string,
  fields: readonly string[],
): Read<StoredFields | undefined> {
  return {
    database: 'data',
    queue: (pipeline) => pipeline.hmget(keys.item(prefix, id), ...fields),
    parse: (reply) => {
      if (reply.error?.startsWith('WRONGTYPE')) return undefined
      return replyList(reply).map(text)
    },
  }
}

/** Reads one page in one read-only command. See {@link LIST_ITEMS}. */
export function pageRead(
  prefix: string,
  fields: readonly string[],
  page: { after: string; limit: number },
  database: 'auth' | 'data' = 'data',
): Read<StoredPage> {
  return {
    database,
    queue: (pipeline) =>
      pipeline.evalRo(
        LIST_ITEMS,
        [],
        [prefix, `${escapeGlob(prefix)}*`, page.after, String(page.limit), ...fields],
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

function escapeGlob(literal: string): string {
  return literal.replace(/[\\*?[\]]/g, '\\$&')
}

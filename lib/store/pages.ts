import type { Read } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import { keys } from './keys.ts'
import { LIST_ITEMS } from './scripts/items.ts'
import type { StoredFields } from './stored-fields.ts'

/** With up to this many keys in the database, SCAN finds every account in some milliseconds. */
const SMALL_KEYSPACE = 10_000

export interface StoredPage {
  /** In the order of the ids' UTF-8 bytes. */
  items: { id: string; fields: StoredFields }[]
  /** The id that the next page starts after; undefined at the end. */
  next: string | undefined
}

/** Reads one page in one read-only command. See {@link LIST_ITEMS}. */
export function pageRead(
  prefix: string,
  index: string,
  fields: readonly string[],
  page: { after: string; limit: number },
  database: 'auth' | 'data',
): Read<StoredPage> {
  return scriptRead(
    database,
    LIST_ITEMS,
    { indexKey: index },
    {
      prefix,
      pattern: keys.under(prefix),
      after: page.after,
      limit: page.limit,
      fewKeys: SMALL_KEYSPACE,
      fields,
    },
  )
}

import { list, mapRead, type Read, replyList, texts, word, words } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { ScanPage } from './indexes.ts'
import { keys } from './keys.ts'
import { INSPECT_ITEMS } from './scripts/inspection.ts'
import type { StoredFields } from './stored-fields.ts'

/** A key of a collection, as it is stored. */
export interface Inspected {
  /** `hash` for an item; `none` when it is gone. */
  type: string
  fields: StoredFields
  /** Fields that the collection does not declare. */
  others: string[]
}

/** Reads keys of a collection whatever they hold. See {@link INSPECT_ITEMS}. */
export function inspectionRead(
  prefix: string,
  ids: readonly string[],
  names: readonly string[],
): Read<Inspected[]> {
  const itemKeys = ids.map((id) => keys.item(prefix, id))
  return mapRead(scriptRead('data', INSPECT_ITEMS, { itemKeys }, { names }), ({ found }) =>
    found.map((each): Inspected => {
      const [type, values, others] = list(each)
      return { type: word(type), fields: texts(values), others: words(others) }
    }),
  )
}

/** A SCAN of so many keys blocks Redis for a millisecond or two. */
const KEYS_A_SCAN = 2_500

/** Reads some names of keys under a prefix, of any type. A cursor of `0` begins, and comes back at the end. */
export function keysRead(prefix: string, cursor: string): Read<ScanPage> {
  return {
    database: 'data',
    queue: (pipeline) => pipeline.scan(cursor, { match: keys.under(prefix), count: KEYS_A_SCAN }),
    parse: (reply) => {
      const [next, names] = replyList(reply)
      return { cursor: word(next) || '0', keys: words(names) }
    },
  }
}

import type { Collection } from '../collections/define.ts'
import { type AccessCode, type Failure, fail, ok, type Result } from '../contract/problems.ts'
import { openText, signText } from '../signed-text.ts'
import type { Read } from '../store/client/reply.ts'
import {
  type IndexLacking,
  type ItemRow,
  type ItemRows,
  itemRead,
  queryRead,
} from '../store/items.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { passes } from './filter.ts'
import { choose } from './get.ts'
import { healIfDue } from './heal-due.ts'
import { type Included, includedBy } from './include.ts'
import { type Decoded, type Item, readerOf } from './item.ts'
import { warnOfFaults } from './item-faults.ts'
import { declaredOrder, fieldsFirst } from './needed.ts'
import { compareBytes, memberOf } from './order.ts'
import { planOf } from './plan.ts'
import { type Query, queryFingerprint } from './query.ts'
import { repair } from './repair.ts'
import type { CollectionCall, CollectionDeps } from './types.ts'
import { searchWords } from './words.ts'

/** The items of one page; `nextCursor` is null after the last. */
export interface Page {
  data: Item[]
  nextCursor: string | null
  /** Of all that match, when the query says `count=exact`. */
  count?: number
  /** What the items refer to, when the query says `include`. */
  included?: Included
}

/**
 * A page that is to be read. Whoever reads many of them can ask for all in one round trip, and then finish
 * each with its own answer.
 */
export interface PagePlan {
  read: Read<ItemRows | IndexLacking>
  /**
   * Makes the page of what was read. Hashes that no index has are looked for in the background, and indexes that
   * are wrong are mended.
   *
   * @param call Its collection is that of the page.
   */
  finish(
    call: CollectionCall<unknown>,
    found: ItemRows | IndexLacking,
  ): Promise<Result<Page, 'validation-error' | 'service-unavailable' | AccessCode>>
}

/**
 * Plans the page of a query.
 *
 * @returns `validation-error` for a cursor of another list.
 */
export async function planPage(
  collection: Collection,
  query: Query,
  deps: Pick<CollectionDeps, 'cursorMacs'>,
): Promise<Result<PagePlan, 'validation-error'>> {
  const fingerprint = queryFingerprint(collection, query)
  const place =
    query.cursor === undefined ? '' : await openText(query.cursor, fingerprint, deps.cursorMacs)
  if (place === undefined) {
    const errors = [{ pointer: '#/cursor', message: 'is not a nextCursor of this list' }]
    return fail('validation-error', 'cursor', { errors })
  }
  return ok({
    read: queryRead(planOf(collection, query, place)),
    finish: async (call, found) => {
      healIfDue(call, found)
      if (!('rows' in found)) return notWhole(found)
      const page = assemble(collection, query, place, found)
      repair(call, collection, page.stale)
      if (query.count && page.count === undefined) {
        const errors = [{ pointer: '#/count', message: 'is too much to count: narrow the filters' }]
        return fail('validation-error', 'count', { errors })
      }
      const rows = await wholeRows(call, collection, page.rows)
      const faults: string[] = []
      const data: Item[] = []
      for (const { id, fields, decoded } of rows) {
        const { item, faulty } = decoded ?? readerOf(collection).decode(id, fields)
        faults.push(...faulty)
        if (item !== undefined) data.push(choose(item, query.fields))
      }
      warnOfFaults(call.log, collection, faults)
      const nextCursor =
        page.next === undefined ? null : await signText(page.next, fingerprint, deps.cursorMacs)
      const count = query.count && page.count !== undefined ? { count: page.count } : {}
      if (query.include.length === 0) return ok({ data, nextCursor, ...count })
      const stored = rows.map(({ fields }) => fields)
      const included = await includedBy(call, query.include, stored, found.following)
      return included.ok ? ok({ data, nextCursor, ...count, included: included.value }) : included
    },
  })
}

/** Seconds after which it is worth asking again for an index that is being built. */
const BUILT_IN_SECONDS = { upTo100_000: 2, beyond: 15 }

/** A list that lacks items looks complete: 503 instead. */
export function notWhole({ index, way, keyspace }: IndexLacking): Failure<'service-unavailable'> {
  const seconds = BUILT_IN_SECONDS[keyspace <= 100_000 ? 'upTo100_000' : 'beyond']
  return fail('service-unavailable', `${index} is ${way}`, {
    detail: `An index that this list needs is being built: ${index}. Ask again in ${seconds} seconds.`,
    retryAfterSeconds: seconds,
  })
}

interface PageRow {
  id: string
  member: string
  /** In the order of the declaration. */
  fields: StoredFields
  /** What the fields are, unless too few of them came. */
  decoded?: Decoded
  thin: boolean
}

interface Assembled {
  rows: PageRow[]
  /** The member after which the next page begins. */
  next: string | undefined
  count: number | undefined
  /** Rows whose index and hash differ. */
  stale: ItemRow[]
}

function assemble(collection: Collection, query: Query, place: string, found: ItemRows): Assembled {
  const { direction, limit } = query
  const asked = fieldsFirst(collection, query).fields
  const { decode } = readerOf(collection)
  const reversed = direction?.reversed ?? query.reversed
  const walked = found.way === 'walk'
  const ahead = (a: string, b: string): number => compareBytes(a, b) * (reversed ? -1 : 1)
  const counts = query.count && !walked
  const stale: ItemRow[] = []
  const candidates: PageRow[] = []
  for (const row of found.rows) {
    const { id, thin } = row
    const fields = row.fields && declaredOrder(collection, asked, row.fields)
    const member =
      direction === undefined ? id : memberOf(collection, direction.order, id, fields ?? [])
    if (fields === undefined || (walked && member !== row.member)) {
      // A thin row has too few fields to mend its index.
      if (found.way !== 'small' && !thin) stale.push({ ...row, fields })
      continue
    }
    candidates.push({ id, member, fields, thin })
  }
  if (!walked) candidates.sort((a, b) => ahead(a.member, b.member))
  const isBehind = ({ member }: PageRow): boolean =>
    walked || place === '' || ahead(member, place) > 0
  const after: PageRow[] = []
  let count = 0
  for (const row of candidates) {
    // To compare texts is dear: no more rows are looked at than the page, or the count, needs.
    if (!counts && (after.length > limit || !isBehind(row))) continue
    // A hash that lacks required fields is no item.
    if (!row.thin) {
      row.decoded = decode(row.id, row.fields)
      if (row.decoded.item === undefined) continue
    }
    if (!matches(collection, query, row.id, row.fields)) continue
    count++
    if (isBehind(row)) after.push(row)
  }
  const taken = after.slice(0, limit)
  const cut = after.length > taken.length
  const last = cut ? taken.at(-1)?.member : found.more ? found.lastMember : undefined
  return { rows: taken, next: last, count: walked ? found.count : count, stale }
}

function matches(
  collection: Collection,
  { filters, words }: Query,
  id: string,
  fields: StoredFields,
): boolean {
  const { names, shownAll } = readerOf(collection)
  const isAsked = filters.every((filter) => {
    const index = names.indexOf(filter.field)
    return passes(shownAll(index, fields[index]), filter)
  })
  if (!isAsked || words.length === 0) return isAsked
  const own = searchWords(collection, id, fields)
  return words.every((word) => own.some((each) => each.startsWith(word)))
}

/** Reads what thin rows lack, in one more trip where there are any. */
async function wholeRows(
  { store }: CollectionCall<unknown>,
  collection: Collection,
  rows: readonly PageRow[],
): Promise<PageRow[]> {
  const thin = rows.filter((row) => row.thin)
  if (thin.length === 0) return [...rows]
  const { names } = readerOf(collection)
  const read = await store.read(...thin.map(({ id }) => itemRead(collection.prefix, id, names)))
  const found = new Map(read.map((fields, index) => [thin[index]?.id, fields]))
  return rows.flatMap((row) => {
    if (!row.thin) return [row]
    const fields = found.get(row.id)
    return fields === undefined ? [] : [{ ...row, fields }]
  })
}

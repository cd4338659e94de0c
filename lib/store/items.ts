import { fieldsRead } from './apply-items.ts'
import { integer, list, mapRead, type Read, texts, word } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import { CLAIM_HOLDS_MS } from './index-claims.ts'
import { keys } from './keys.ts'
import { READ_ITEM, READ_ITEM_AND_FOLLOW } from './scripts/item.ts'
import { QUERY_ITEMS, QUERY_ITEMS_AND_FOLLOW } from './scripts/query.ts'
import type { StoredFields } from './stored-fields.ts'

/**
 * Reads the declared fields of one hash, and of no key outside the collection's prefix. A key of
 * another type is not an item: undefined. By itself it is a plain command; joined with the proof of a
 * session it is {@link READ_ITEM}.
 */
export function itemRead(
  prefix: string,
  id: string,
  fields: readonly string[],
): Read<StoredFields | undefined> {
  const itemKey = keys.item(prefix, id)
  const asScript = mapRead(scriptRead('data', READ_ITEM, { itemKey }, { fields }), (found) =>
    found.status === 'found' ? found.values : undefined,
  )
  const { queue, parse } = fieldsRead(itemKey, fields)
  return { ...asScript, queue, parse }
}

/** A field of items whose values are the ids of others, which are read with them. */
export interface Followed {
  /** Where it stands among the fields that are asked for. */
  at: number
  /** Whether its value is a list of ids, as JSON. */
  isList: boolean
  /** Of the others. */
  prefix: string
  fields: readonly string[]
}

/** The items that a field refers to, by their ids; undefined for one that is not there. */
export type Following = ReadonlyMap<string, StoredFields | undefined>

/** Reads an item with what it refers to, in one command. See {@link READ_ITEM_AND_FOLLOW}. */
export function followingItemRead(
  prefix: string,
  id: string,
  fields: readonly string[],
  followed: readonly Followed[],
): Read<{ stored: StoredFields | undefined; following: Following[] }> {
  const itemKey = keys.item(prefix, id)
  const args = { fields, ...followArgs(followed) }
  const read = scriptRead('data', READ_ITEM_AND_FOLLOW, { itemKey }, args)
  return mapRead(read, (found) => {
    if (found.status === 'taken') return { stored: undefined, following: [] }
    return { stored: found.values, following: found.followed.map(followingOf) }
  })
}

function followArgs(followed: readonly Followed[]): {
  followedAt: number[]
  followedLists: number[]
  followedPrefixes: string[]
  followedWidths: number[]
  followedFields: string[]
} {
  return {
    // Lua counts from 1.
    followedAt: followed.map(({ at }) => at + 1),
    followedLists: followed.map(({ isList }) => Number(isList)),
    followedPrefixes: followed.map(({ prefix }) => prefix),
    followedWidths: followed.map(({ fields }) => fields.length),
    followedFields: followed.flatMap(({ fields }) => fields),
  }
}

function followingOf(found: unknown): Following {
  return new Map(
    list(found).map((row) => {
      const [id, values] = list(row)
      return [word(id), values === undefined ? undefined : texts(values)]
    }),
  )
}

/** What a page is asked of. See {@link QUERY_ITEMS}. */
export interface ItemQuery {
  prefix: string
  fields: readonly string[]
  /** The keys of the states of the collection's indexes, and of its index of ids. */
  states: string
  ids: string
  walk: Index & { holds: 'ids' | 'order'; min: string; max: string; reversed: boolean }
  /** Where the walk would begin and end without a cursor, when it counts the matches. */
  whole: { min: string; max: string } | undefined
  /** How the first of the filters counts the matches, when it does. */
  counted: WayToCount | undefined
  /** The id to start after, in the order of the ids. */
  afterId: string
  /** With up to this many keys in the database, SCAN finds every hash. */
  smallKeyspace: number
  /** How many of the fields decide which rows are on the page; they come first. */
  neededFields: number
  /** How many rows; with `exact` they are the page, else the caller filters. */
  limit: number
  exact: boolean
  filters: readonly SearchedIndex[]
  /** The fields whose items are read with the rows. */
  followed: readonly Followed[]
}

/** An index, which must be whole by this fingerprint. */
interface Index {
  key: string
  fingerprint: string
}

/** Stretches of an index, where the members of a filter are. */
export interface SearchedIndex extends Index {
  stretches: readonly { min: string; max: string }[]
  /** Whether the items with a member there are those that may pass. */
  gathers: boolean
}

export interface WayToCount {
  /** The items without a member in the stretches are counted. */
  outside: boolean
  /** An item may have several members there. */
  distinct: boolean
}

export interface ItemRow {
  id: string
  /** Of the walked index; '' elsewhere. */
  member: string
  /** In the order asked for; undefined where an index names a hash that is gone. */
  fields: StoredFields | undefined
  /** Whether only the needed fields came. */
  thin: boolean
}

/** The last healing of the indexes. */
export interface LastHealing {
  /** Undefined for never. */
  agoMs: number | undefined
  tookMs: number
  /** The size of the keyspace before it. */
  keyspace: number | undefined
  /** How many in a row found nothing. */
  idle: number
}

interface Found {
  /** Keys in the database, of everything. */
  keyspace: number
  healed: LastHealing
}

/** An index is not whole, so there is no answer. */
export interface IndexLacking extends Found {
  /** `held`: another declaration has it. */
  way: 'unbuilt' | 'held'
  index: string
}

export interface ItemRows extends Found {
  way: 'small' | 'gather' | 'walk'
  /** Of what is indexed, where the walk alone decides. */
  count: number | undefined
  /** Whether the walk ended before its end. */
  more: boolean
  lastMember: string
  rows: ItemRow[]
  /** For each of the followed fields; of very many items some are missing. */
  following: Following[]
}

/** Reads the rows of a page in one read-only command. See {@link QUERY_ITEMS}. */
export function queryRead(query: ItemQuery): Read<ItemRows | IndexLacking> {
  const { prefix, walk, whole, counted, filters } = query
  const stretches = filters.flatMap((filter, at) =>
    filter.stretches.map(({ min, max }) => ({ of: at + 1, min, max })),
  )
  const touched = {
    healedKey: keys.healed,
    statesKey: query.states,
    idsKey: query.ids,
    walkKey: walk.key,
    filterKeys: filters.map(({ key }) => key),
  }
  const args = {
    prefix,
    pattern: keys.under(prefix),
    holds: walk.holds,
    exact: query.exact,
    limit: query.limit,
    backwards: walk.reversed,
    first: walk.min,
    last: walk.max,
    wholeFirst: whole?.min ?? '',
    wholeLast: whole?.max ?? '',
    afterId: query.afterId,
    fewKeys: query.smallKeyspace,
    needed: query.neededFields,
    hold: CLAIM_HOLDS_MS,
    walkPrint: walk.fingerprint,
    counts: counted !== undefined,
    countsOutside: counted?.outside === true,
    countsDistinct: counted?.distinct === true,
    filterGathers: filters.map(({ gathers }) => Number(gathers)),
    filterPrints: filters.map(({ fingerprint }) => fingerprint),
    stretchesOf: stretches.map((each) => each.of),
    stretchFirsts: stretches.map(({ min }) => min),
    stretchLasts: stretches.map(({ max }) => max),
    fields: query.fields,
  }
  const { followed } = query
  const read =
    followed.length === 0
      ? scriptRead('data', QUERY_ITEMS, touched, args)
      : scriptRead('data', QUERY_ITEMS_AND_FOLLOW, touched, { ...args, ...followArgs(followed) })
  return mapRead(read, ({ status: way, healed, count, rows, followed: others, ...more }) => {
    const found = { ...more, healed: lastHealingOf(healed) }
    if (way === 'unbuilt' || way === 'held') return { ...found, way, index: more.lastMember }
    return {
      ...found,
      way,
      count: known(count),
      rows: rows.map((row) => rowOf(row, query.fields.length)),
      following: others.map(followingOf),
    }
  })
}

function known(value: unknown): number | undefined {
  const number = integer(value)
  return number < 0 ? undefined : number
}

function lastHealingOf([ago, took, keyspace, idle]: unknown[]): LastHealing {
  return {
    agoMs: known(ago),
    tookMs: known(took) ?? 0,
    keyspace: known(keyspace),
    idle: known(idle) ?? 0,
  }
}

function rowOf(row: unknown, width: number): ItemRow {
  const [id, member, values] = list(row)
  const fields = values === undefined ? undefined : texts(values)
  const thin = fields !== undefined && fields.length < width
  return { id: word(id), member: word(member), fields, thin }
}

import { integer, mapRead, type Read, replyList, text, word, words } from './client/reply.ts'
import { scriptRead } from './client/script.ts'
import type { Store } from './client/store.ts'
import { CLAIM_HOLDS_MS } from './index-claims.ts'
import { keys } from './keys.ts'
import {
  BEGIN_HEALING,
  CLAIM_INDEXES,
  END_HEALING,
  FIND_GHOSTS,
  FINISH_INDEXES,
  INDEX_STATES,
  KEEP_HEALING,
} from './scripts/healing.ts'

/** How long a healer may be silent before another takes over. */
const HEALER_TTL_MS = 30_000
const HEALER = { healerKey: keys.healer, healedKey: keys.healed }

/** The indexes of a collection as one version of the service declares them. */
export interface KeptIndexes {
  /** Of the collection, in the order of their declaration. */
  fields: readonly string[]
  /** The key of the hash that says what each index is worth. */
  states: string
  /** Of each index, by its key; that of ids is the first. */
  fingerprints: ReadonlyMap<string, string>
}

/**
 * Becomes the one healer. See {@link BEGIN_HEALING}.
 *
 * @param restMs The time that must have passed since the last healing ended.
 * @param version Of all declarations.
 * @returns The cursor to go on from, or undefined when there is nothing to do.
 */
export async function beginHealing(
  store: Store,
  healer: string,
  restMs: number,
  version: string,
): Promise<string | undefined> {
  const args = { healer, healerTtl: HEALER_TTL_MS, rest: restMs, version }
  const begun = await store.write(BEGIN_HEALING, HEALER, args, 'data')
  return begun.status === 'begun' ? (begun.cursor ?? '0') : undefined
}

/** Says how far healing is. @returns Whether it may go on. */
export async function keepHealing(store: Store, healer: string, cursor: string): Promise<boolean> {
  const args = { healer, healerTtl: HEALER_TTL_MS, cursor }
  return (await store.write(KEEP_HEALING, HEALER, args, 'data')).kept
}

/**
 * Ends a healing. See {@link END_HEALING}.
 *
 * @param found How much there was to heal.
 * @param keyspace How many keys there were before it, where that is known.
 * @returns False when another has taken over.
 */
export async function endHealing(
  store: Store,
  healer: string,
  found: number,
  keyspace: number | undefined,
): Promise<boolean> {
  const args = { healer, found, size: keyspace ?? '' }
  return (await store.write(END_HEALING, HEALER, args, 'data')).ended
}

export type IndexState = 'whole' | 'building' | 'stale' | 'held' | 'unbuilt'

/** What each index is worth, by its key. See {@link INDEX_STATES}. */
export function statesRead({ states, fingerprints }: KeptIndexes): Read<Map<string, IndexState>> {
  const indexKeys = [...fingerprints.keys()]
  const args = { hold: CLAIM_HOLDS_MS, prints: [...fingerprints.values()] }
  const read = scriptRead('data', INDEX_STATES, { statesKey: states, indexKeys }, args)
  return mapRead(
    read,
    (found) => new Map(indexKeys.map((key, at) => [key, stateOf(found.states[at])])),
  )
}

function stateOf(word: unknown): IndexState {
  switch (word) {
    case 'whole':
    case 'building':
    case 'stale':
    case 'held':
      return word
    default:
      return 'unbuilt'
  }
}

/**
 * Begins to build the indexes that are not whole. See {@link CLAIM_INDEXES}.
 *
 * @param holdMs How long another declaration may keep what it has claimed.
 * @returns The keys of those that are to be built.
 */
export async function claimIndexes(
  store: Store,
  { states, fingerprints }: KeptIndexes,
  holdMs: number,
): Promise<string[]> {
  const touched = { statesKey: states, indexKeys: [...fingerprints.keys()] }
  const args = { hold: holdMs, prints: [...fingerprints.values()] }
  return (await store.write(CLAIM_INDEXES, touched, args, 'data')).indexes
}

/** Says that what was built is whole. See {@link FINISH_INDEXES}. @returns The keys of those that are. */
export async function finishIndexes(
  store: Store,
  healer: string,
  { states, fingerprints }: KeptIndexes,
): Promise<string[]> {
  const touched = {
    healerKey: keys.healer,
    statesKey: states,
    indexKeys: [...fingerprints.keys()],
  }
  const args = { healer, prints: [...fingerprints.values()] }
  return (await store.write(FINISH_INDEXES, touched, args, 'data')).indexes
}

/** How many keys the database has, of everything. */
export function keyspaceRead(): Read<number> {
  return {
    database: 'data',
    queue: (pipeline) => pipeline.dbsize(),
    parse: (reply) => integer(reply.result),
  }
}

export interface ScanPage {
  cursor: string
  keys: string[]
}

/** A SCAN of this many keys blocks Redis for a millisecond or two. */
const KEYS_A_SCAN = 2_500

/** Reads some names of hashes. A cursor of `0` begins, and comes back at the end. */
export function scanRead(cursor: string): Read<ScanPage> {
  return {
    database: 'data',
    queue: (pipeline) => pipeline.scan(cursor, { count: KEYS_A_SCAN, type: 'hash' }),
    parse: (reply) => {
      const [next, names] = replyList(reply)
      return { cursor: word(next) || '0', keys: words(names) }
    },
  }
}

/** Which ids the index of ids does not have. */
export function unindexedRead(collection: string, ids: readonly string[]): Read<string[]> {
  return {
    database: 'data',
    queue: (pipeline) => pipeline.zmscore(keys.index(collection, 'id'), [...ids]),
    parse: (reply) => {
      const scores = reply.result === null ? ids.map(() => null) : replyList(reply)
      return ids.filter((_, index) => text(scores[index]) === undefined)
    },
  }
}

/** How many ids the index has. */
export function indexSizeRead(collection: string): Read<number> {
  return {
    database: 'data',
    queue: (pipeline) => pipeline.zcard(keys.index(collection, 'id')),
    parse: (reply) => integer(reply.result),
  }
}

export interface Ghosts {
  /** Where the next stretch begins; undefined after the last. */
  last: string | undefined
  ghosts: string[]
}

/** Ids of a stretch of the index whose hashes are gone. See {@link FIND_GHOSTS}. */
export function ghostsRead(collection: string, prefix: string, after: string): Read<Ghosts> {
  const idsKey = keys.index(collection, 'id')
  const args = { prefix, first: after === '' ? '-' : `(${after}` }
  const read = scriptRead('data', FIND_GHOSTS, { idsKey }, args)
  return mapRead(read, ({ last, ghosts }) => ({ last: last || undefined, ghosts }))
}

import { keys } from './keys.ts'
import { integer, type Read, replyList, text } from './reply.ts'
import { BEGIN_HEALING, END_HEALING, FIND_GHOSTS } from './scripts/healing.ts'
import type { Store } from './store.ts'

/** How long a healer may be silent before another takes over. */
const HEALER_TTL_MS = 30_000

/**
 * Becomes the one healer. See {@link BEGIN_HEALING}.
 *
 * @param restMs The time that must have passed since the last healing ended.
 * @returns The cursor to go on from, or undefined when there is nothing to do.
 */
export async function beginHealing(
  store: Store,
  healer: string,
  restMs: number,
): Promise<string | undefined> {
  const args = [healer, HEALER_TTL_MS, restMs]
  const [begun, cursor] = await store.write(BEGIN_HEALING, [keys.healer, keys.healed], args, 'data')
  return integer(begun) === 1 ? (text(cursor) ?? '0') : undefined
}

/** Says how far healing is, or, at cursor `0`, that it has ended. @returns Whether it may go on. */
export async function keepHealing(store: Store, healer: string, cursor: string): Promise<boolean> {
  const args = [healer, HEALER_TTL_MS, cursor]
  const [kept] = await store.write(END_HEALING, [keys.healer, keys.healed], args, 'data')
  return integer(kept) === 1
}

export interface ScanPage {
  cursor: string
  keys: string[]
}

/** Reads some names of hashes. A cursor of `0` begins, and comes back at the end. */
export function scanRead(cursor: string): Read<ScanPage> {
  return {
    database: 'data',
    queue: (pipeline) => pipeline.scan(cursor, { count: 1_000, type: 'hash' }),
    parse: (reply) => {
      const [next, names] = replyList(reply)
      const found = Array.isArray(names) ? names.map((name) => text(name) ?? '') : []
      return { cursor: text(next) ?? '0', keys: found }
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
  return {
    database: 'data',
    queue: (pipeline) =>
      pipeline.evalRo(
        FIND_GHOSTS,
        [keys.index(collection, 'id')],
        [prefix, after === '' ? '-' : `(${after}`],
      ),
    parse: (reply) => {
      const [last, ...ghosts] = replyList(reply).map((word) => text(word) ?? '')
      return { last: last === '' ? undefined : last, ghosts }
    },
  }
}

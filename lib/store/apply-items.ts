import { StoreUnavailable } from '../contract/problems.ts'
import { type Read, replyList, text, word } from './client/reply.ts'
import type { Store } from './client/store.ts'
import type { KeptIndexes } from './indexes.ts'
import { APPLY_ITEMS } from './scripts/apply.ts'
import type { StoredFields } from './stored-fields.ts'

/** One change of an item, made only if its fields are still `expected`: undefined where it is not there. */
export interface ItemChange {
  key: string
  verb: 'set' | 'delete' | 'index'
  expected: StoredFields | undefined
  /** For `set`: a value of undefined takes the field away. */
  next?: StoredFields
  indexes: readonly { sign: '+' | '-'; key: string; member: string }[]
  /** Values that no other item may have: where their members are in an index, and its own member. */
  uniques?: readonly UniqueValue[]
}

/** A value that one item has at most. */
export interface UniqueValue {
  key: string
  min: string
  max: string
  member: string
}

/** Another item has a value that is to be unique. */
export interface Clash {
  /** Which of the change's unique values. */
  at: number
  /** The other item's member in the index of that value. */
  member: string
}

/**
 * What became of a change: made; not, since its item is another by now, or its key has another type; not, since an index
 * that guards a unique value is not whole; or not, since another item has that value.
 */
export type Outcome = 'made' | 'overtaken' | 'taken' | 'unguarded' | Clash

/** A request that is done once, however often it is sent. */
export interface Once {
  key: string
  /** What is kept for repeats of the request. */
  kept: string
  ttlMs: number
}

/** Reads what was kept of a request when it was made before. */
export function onceRead(key: string): Read<string | undefined> {
  return {
    database: 'data',
    queue: (pipeline) => pipeline.get(key),
    parse: (reply) => {
      if (reply.error !== undefined) throw new StoreUnavailable('idempotency key: unexpected reply')
      return text(reply.result)
    },
  }
}

/**
 * Changes items and their indexes in one atomic call. See {@link APPLY_ITEMS}.
 *
 * @param kept The fields of the collection, and the indexes that the caller keeps.
 * @param options `guarded`: whether the indexes of unique values must be whole, else nothing is made of a change that has some.
 * @returns What became of each; or what was kept when the request was made before.
 */
export async function applyItems(
  store: Store,
  kept: KeptIndexes,
  changes: readonly ItemChange[],
  { once, guarded = true }: { once?: Once | undefined; guarded?: boolean } = {},
): Promise<{ outcomes: Outcome[] } | { repeated: string }> {
  const numbers = new Map<string, number>()
  const numberOf = (key: string): number => {
    const number = numbers.get(key) ?? numbers.size + 1
    numbers.set(key, number)
    return number
  }
  const words: (string | number)[] = []
  for (const { verb, expected = [], next = [], indexes, uniques = [] } of changes) {
    words.push(verb, expected.length)
    for (const value of expected) words.push(mark(value))
    for (const value of next) words.push(value === undefined ? '-' : `=${value}`)
    words.push(indexes.length)
    for (const { sign, key, member } of indexes) words.push(`${sign}${numberOf(key)}:${member}`)
    words.push(uniques.length)
    for (const { key, min, max, member } of uniques) words.push(numberOf(key), min, max, member)
  }
  const applied = await store.write(
    APPLY_ITEMS,
    {
      statesKey: kept.states,
      itemKeys: changes.map(({ key }) => key),
      indexKeys: [...numbers.keys()],
      onceKeys: once === undefined ? [] : [once.key],
    },
    {
      keep: once?.kept ?? '',
      keepMs: once?.ttlMs ?? 0,
      guarded,
      names: kept.fields,
      declared: [...kept.fingerprints].flat(),
      changes: words,
    },
    'data',
  )
  if (applied.status === 'repeated') return { repeated: applied.kept }
  return { outcomes: applied.answers.map((answer) => outcomeOf(word(answer))) }
}

function outcomeOf(answer: string): Outcome {
  if (answer === '1') return 'made'
  if (answer === '-1') return 'taken'
  if (answer === '-2') return 'unguarded'
  const [, at, member] = /^u(\d+):(.*)$/s.exec(answer) ?? []
  return member === undefined ? 'overtaken' : { at: Number(at) - 1, member }
}

/** U+FFFD may stand for bytes that are not UTF-8: the stored value is unknown and cannot be compared. */
function mark(value: string | undefined): string {
  if (value === undefined) return '-'
  return value.includes('\ufffd') ? '?' : `=${value}`
}

/** Reads fields of a hash by a plain command. A key of another type is not an item: undefined. */
export function fieldsRead(
  itemKey: string,
  fields: readonly string[],
): Read<StoredFields | undefined> {
  return {
    database: 'data',
    queue: (pipeline) => pipeline.hmget(itemKey, ...fields),
    parse: (reply) => {
      if (reply.error?.startsWith('WRONGTYPE')) return undefined
      return replyList(reply).map(text)
    },
  }
}

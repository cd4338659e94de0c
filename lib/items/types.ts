import type { Collection, CollectionAccess } from '../collections/define.ts'
import type { AccessCode, Failure, ProblemDocument, Result } from '../contract/problems.ts'
import type { Log } from '../log.ts'
import type { Macs } from '../signed-text.ts'
import type { Read } from '../store/client/reply.ts'
import type { Store } from '../store/client/store.ts'
import type { ItemCache } from './item-cache.ts'

/** What the use cases of collections need from outside. */
export interface CollectionDeps {
  now: () => number
  randomId: () => string
  /** Keyed hashes of cursors: the first signs, each verifies. */
  cursorMacs: Macs
  itemCache: ItemCache
  /** The collection of a name, to which references lead. */
  findCollection: (name: string) => Collection | undefined
}

/** What a request says of the version that it is about (RFC 9110 §13.1), as sent. */
export interface Conditions {
  ifMatch: string | null
  ifNoneMatch: string | null
  idempotencyKey: string | null
}

/** One request as a use case of collections sees it. */
export interface CollectionCall<input> {
  input: input
  store: Store
  collection: Collection
  conditions: Conditions
  /** Who asks, where that is known; `level` once the store was asked. */
  principal: { accountId: string; userId: string } | undefined
  /**
   * Whether a token came whose signature holds, also where nobody has to sign in, or an API key that the
   * store has said lives.
   */
  isProven: () => boolean
  /** The account's level at this moment: of a change, before the use case runs. */
  level: () => number | undefined
  log: Log
  /** Reads in the round trip that also learns whether the caller's session lives. */
  read<value>(read: Read<value>): Promise<Result<value, AccessCode>>
  /**
   * The same, and learns in that trip who asks also where nobody has to sign in: what a credential does not
   * prove is as if none had come.
   */
  readAsCaller<value>(read: Read<value>): Promise<Result<value, AccessCode>>
  /** Whether the caller may do something else, as far as the store was asked who it is; whose an item is apart. */
  may(action: keyof CollectionAccess, collection: Collection): boolean
  /** Counts more of the quota that the operation counts, before anything is done. */
  countMore(many: number): Promise<Failure<'quota-exceeded'> | undefined>
  /** The document of a problem, for an answer that has several. */
  documentOf(failure: Failure): ProblemDocument
  /** Skips the check of the session, if this isolate saw it alive in the last so many seconds. */
  recall(seconds: number): void
  /** What was read before this, in epoch milliseconds, may lack what the caller has written elsewhere. */
  staleBefore: number
  /** Goes on after the answer is sent, with a store of its own. */
  background: (work: (store: () => Store) => Promise<unknown>) => void
}

/** A request about one item: `id` is the decoded path segment. */
export interface ItemCall<input> extends CollectionCall<input> {
  id: string
}

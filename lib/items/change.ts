import type { Collection } from '../collections/define.ts'
import { LEVELS } from '../contract/access.ts'
import {
  type AccessCode,
  type Failure,
  fail,
  ok,
  type Result,
  StoreUnavailable,
} from '../contract/problems.ts'
import { namesStrongly, namesWeakly } from '../entity-tags.ts'
import {
  applyItems,
  type ItemChange,
  type Once,
  type Outcome,
  onceRead,
} from '../store/apply-items.ts'
import { itemRead } from '../store/items.ts'
import { keys } from '../store/keys.ts'
import type { StoredFields } from '../store/stored-fields.ts'
import { keptIndexesOf } from './declaration.ts'
import { indexChanges } from './indexing.ts'
import { type Item, itemTag, readerOf } from './item.ts'
import type { CollectionCall, CollectionDeps, Conditions } from './types.ts'
import { clashing, isHeld, lookForHolders, type Unique, uniquesOf } from './unique.ts'
import { parseId } from './write-input.ts'

/** What a change of an item can fail with. */
export type WriteCode =
  | 'not-found'
  | 'validation-error'
  | 'invalid-request'
  | 'conflict'
  | 'precondition-failed'
  | 'service-unavailable'
  | AccessCode

/** How often a change is tried while others change the same item. */
const MOST_TRIES = 20

/** What is known of an item before it is changed. */
export interface Current {
  stored: StoredFields | undefined
  /** Undefined also for a hash that lacks what an item must have. */
  item: Item | undefined
}

/** A change that somebody asks for. It may be worked out several times, while others change the same item. */
export interface Want {
  id: string
  action: 'create' | 'update' | 'delete'
  conditions?: Conditions
  /** What the item becomes; `undefined` deletes it. */
  become(current: Current): Result<StoredFields | undefined, WriteCode>
}

/** A change as it is sent to the store, and what it will have made. */
interface Plan {
  want: Want
  current: Current
  next: StoredFields | undefined
  fresh: Item | undefined
  uniques: Unique[]
}

/** The answer for an item that is new. */
export async function created(
  collection: Collection,
  item: Item,
  stored: StoredFields,
): Promise<Result<Item>> {
  const headers = {
    ETag: await itemTag(collection, stored, undefined),
    Location: locationOf(collection, item.id),
  }
  return ok(item, { status: 201, headers })
}

function locationOf({ name, prefix }: Collection, id: string): string {
  // An id that begins like a key would lose that beginning on its way back.
  const segment = id.startsWith(prefix) ? `${prefix}${id}` : id
  return `/api/${name}/${encodeURIComponent(segment)}`
}

/**
 * Makes one change. See {@link settle}.
 *
 * @throws StoreUnavailable when others change the item again and again: the client may retry.
 */
export async function settleOne<want extends Want>(
  call: CollectionCall<unknown>,
  deps: CollectionDeps,
  want: want,
  once?: RepeatableOnce,
): Promise<Result<Item, CodeOf<want>>> {
  const [settled] = await settle(call, deps, [want], once)
  if (settled === undefined) throw new StoreUnavailable('overtaken again and again')
  return settled as Result<Item, CodeOf<want>>
}

/** What is to be made has no version that a condition could be about. */
type CodeOf<want extends Want> = want extends { action: 'create' }
  ? Exclude<WriteCode, 'precondition-failed'>
  : WriteCode

/** A request that is done once, and what it is answered when it comes again. */
interface RepeatableOnce extends Once {
  repeated(kept: string): Promise<Result<Item, WriteCode>>
}

/**
 * Makes changes of different items, each by itself: reads them, works out what they become, and writes those that are still
 * the same, in a trip each for all of them; what was changed by others meanwhile begins again.
 *
 * @returns For each the item, or why it was not changed; undefined where others changed it again and again.
 */
export async function settle(
  call: CollectionCall<unknown>,
  deps: CollectionDeps,
  wants: readonly Want[],
  once?: RepeatableOnce,
): Promise<(Result<Item, WriteCode> | undefined)[]> {
  const settled = new Map<Want, Result<Item, WriteCode>>()
  for (let tries = 0; tries < MOST_TRIES && settled.size < wants.length; tries++) {
    const open = wants.filter((want) => !settled.has(want))
    const planned: Plan[] = []
    for (const [index, current] of (await readAll(call, open)).entries()) {
      const want = open[index]
      if (want === undefined) continue
      const plan = await planOne(call, want, current)
      if (plan.ok) planned.push(plan.value)
      else settled.set(want, plan)
    }
    const looked = await lookForHolders(
      call,
      planned.map(({ want, uniques, next }) => ({ id: want.id, uniques, next })),
    )
    if (once !== undefined && 'failures' in looked && looked.failures.some(Boolean)) {
      // What has the value may be what this very request has made.
      const [kept] = await call.store.read(onceRead(once.key))
      if (kept !== undefined) return [await once.repeated(kept)]
    }
    const free = planned.filter(({ want, uniques }, index) => {
      const failure = 'failures' in looked ? looked.failures[index] : looked
      if (failure === undefined || uniques.length === 0) return true
      settled.set(want, failure)
      return false
    })
    if (free.length === 0) continue
    const guarded = !('sawAll' in looked && looked.sawAll)
    const outcome = await apply(call, deps, free.map(changeOf(call.collection)), { once, guarded })
    if ('repeated' in outcome) return [await once?.repeated(outcome.repeated)]
    for (const [index, plan] of free.entries()) {
      const answer = await answerOf(call, plan, outcome.outcomes[index])
      if (answer !== undefined) settled.set(plan.want, answer)
    }
  }
  return wants.map((want) => settled.get(want))
}

/** Reads the items that are to be changed; one that is to be made need not be there. */
async function readAll(
  { store, collection }: CollectionCall<unknown>,
  wants: readonly Want[],
): Promise<Current[]> {
  const { names, decode } = readerOf(collection)
  const old = wants.filter(({ id, action }) => action !== 'create' && parseId(id).ok)
  const read =
    old.length === 0
      ? []
      : await store.read(...old.map(({ id }) => itemRead(collection.prefix, id, names)))
  return wants.map((want) => {
    const found = read[old.indexOf(want)]
    const stored = found?.some((value) => value !== undefined) === true ? found : undefined
    return { stored, item: stored === undefined ? undefined : decode(want.id, stored).item }
  })
}

async function planOne(
  call: CollectionCall<unknown>,
  want: Want,
  current: Current,
): Promise<Result<Plan, WriteCode>> {
  const { collection } = call
  const { id, action, conditions } = want
  const { stored } = current
  if (!parseId(id).ok) return fail('not-found', 'no item can have this id')
  if (!mayChange(call, collection, action, stored)) return fail('not-found', 'not theirs')
  const condition =
    conditions === undefined ? undefined : await judgeConditions(conditions, collection, stored)
  if (condition !== undefined) return condition
  const next = want.become(current)
  if (!next.ok) return next
  const fresh =
    next.value === undefined ? undefined : readerOf(collection).decode(id, next.value).item
  if (next.value !== undefined && fresh === undefined) {
    const errors = [{ pointer: '#', message: 'is not yet what an item must be' }]
    return fail('validation-error', 'would not be readable', { errors })
  }
  const uniques = uniquesOf(collection, id, stored, next.value)
  return ok({ want, current, next: next.value, fresh, uniques })
}

function changeOf(collection: Collection): (plan: Plan) => ItemChange {
  return ({ want: { id }, current: { stored }, next, uniques }) => ({
    key: keys.item(collection.prefix, id),
    verb: next === undefined ? 'delete' : 'set',
    expected: stored,
    ...(next === undefined ? {} : { next }),
    indexes: indexChanges(collection, id, stored, next),
    uniques,
  })
}

/** What is answered of a change; undefined when it is to be tried again. */
async function answerOf(
  call: CollectionCall<unknown>,
  { want, current, next, fresh, uniques }: Plan,
  outcome: Outcome | undefined,
): Promise<Result<Item, WriteCode> | undefined> {
  const { collection, store } = call
  if (typeof outcome === 'object') {
    const holder = await isHeld(() => store, collection, uniques, outcome)
    return holder === undefined ? undefined : clashing(uniques[outcome.at]?.field ?? '')
  }
  if (outcome === 'taken') return fail('conflict', 'a key of another type')
  if (outcome === 'overtaken' && want.action === 'create')
    return fail('conflict', 'there is one already')
  if (outcome !== 'made') return undefined
  if (next === undefined || fresh === undefined) return ok({ id: want.id })
  if (current.stored === undefined) return created(collection, fresh, next)
  return ok(fresh, { headers: { ETag: await itemTag(collection, next, undefined) } })
}

/** Writes changes and removes their items from the cache, also when the answer was lost. */
async function apply(
  { store, collection }: CollectionCall<unknown>,
  { itemCache }: CollectionDeps,
  changes: readonly ItemChange[],
  options: Parameters<typeof applyItems>[3],
): ReturnType<typeof applyItems> {
  try {
    return await applyItems(store, keptIndexesOf(collection), changes, options)
  } finally {
    for (const { key } of changes) itemCache.forget(key)
  }
}

/** If only its owner may change an item, others get the answer of a missing item. */
function mayChange(
  call: CollectionCall<unknown>,
  collection: Collection,
  action: Want['action'],
  stored: StoredFields | undefined,
): boolean {
  const { access, stamps } = collection
  if (stored === undefined || action === 'create' || access[action] !== 'owner') return true
  const owner = stored[readerOf(collection).names.indexOf('owner')]
  const { principal } = call
  // Items from before accounts had ids name the address.
  const isOwner =
    stamps?.includes('owner') === true &&
    principal !== undefined &&
    (owner === principal.accountId || owner === principal.userId)
  return isOwner || (call.level() ?? 0) >= LEVELS.admin
}

/** @returns A failure when a condition does not hold (RFC 9110 §13.2.2). */
async function judgeConditions(
  { ifMatch, ifNoneMatch }: Conditions,
  collection: Collection,
  stored: StoredFields | undefined,
): Promise<Failure<'precondition-failed'> | undefined> {
  const tag = stored === undefined ? undefined : await itemTag(collection, stored, undefined)
  if (ifMatch !== null && !namesStrongly(ifMatch, tag)) {
    return fail('precondition-failed', 'If-Match')
  }
  if (ifNoneMatch !== null && namesWeakly(ifNoneMatch, tag)) {
    return fail('precondition-failed', 'If-None-Match')
  }
  return undefined
}

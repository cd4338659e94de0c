import { type Failure, fail, StoreUnavailable } from '../../contract/problems.ts'
import type { Store } from '../../store/client/store.ts'
import { deletableRead, deleteAccount } from '../../store/delete-account.ts'
import { type AccountNames, TraceSearch } from '../../store/traces.ts'
import type { AuthCall } from '../types.ts'

/** Items that belong to accounts, and go with them. */
export interface OwnedItems {
  /** How the keys of items begin that have an owner. */
  prefixes: readonly string[]
  /** Deletes items with their index members. */
  remove(store: () => Store, itemKeys: readonly string[]): Promise<void>
}

/** What deleting an account needs from outside. */
export interface RemovalDeps {
  now: () => number
  ownedItems: OwnedItems
}

/** For so many milliseconds an answer waits for the search; what is left is done behind it. */
const PATIENCE_MS = 800

/**
 * Deletes an account, and then everything that names it. In one step it opens nothing any more, and nothing
 * leads to it. After that the keys of the store are searched for sessions that had ended, void links and items
 * of its own: in a small store before the answer, in a large one behind it. Events keep its id.
 *
 * @param by The id of the admin who does it, where that is not the owner.
 */
export async function removeAccount(
  call: Pick<AuthCall, 'store' | 'report' | 'background'>,
  deps: RemovalDeps,
  { userId, accountId }: AccountNames,
  by?: string,
): Promise<'done' | 'unknown' | 'last-admin'> {
  const [{ resetHash }] = await call.store.read(deletableRead(userId))
  const outcome = await deleteAccount(call.store, userId, { accountId, resetHash }, deps.now())
  if (outcome !== 'done') return outcome
  call.report('account.deleted', { user: accountId, by })
  const search = new TraceSearch({ userId, accountId }, deps.ownedItems.prefixes)
  const until = deps.now() + PATIENCE_MS
  try {
    while (deps.now() < until) {
      if (!(await search.step(call.store))) continue
      await erase(() => call.store, search, deps.ownedItems)
      return outcome
    }
  } catch (error) {
    // The account is gone, whatever comes of the rest: that is tried once more, behind the answer.
    if (!(error instanceof StoreUnavailable)) throw error
  }
  call.background((store) => eraseTraces(store, search, deps.ownedItems))
  return outcome
}

/** The failure when nobody would be left who manages accounts. */
export function lastAdmin(): Failure<'conflict'> {
  return fail('conflict', 'last admin', { detail: 'This is the last admin.' })
}

/**
 * Searches to the end, and deletes what names the account.
 *
 * @param store Makes a store for each step, so that each has its own time.
 */
export async function eraseTraces(
  store: () => Store,
  search: TraceSearch,
  ownedItems: OwnedItems,
): Promise<void> {
  for (let isOver = false; !isOver; ) isOver = await search.step(store())
  await erase(store, search, ownedItems)
}

async function erase(
  store: () => Store,
  search: TraceSearch,
  { remove }: OwnedItems,
): Promise<void> {
  await remove(store, search.items)
  await search.forgetRest(store())
}

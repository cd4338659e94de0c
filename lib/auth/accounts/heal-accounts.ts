import {
  type AddressPage,
  accountKeysRead,
  beginAccounts,
  enrolAccounts,
  indexedRead,
  keepAccounts,
} from '../../store/account-index.ts'
import type { Store } from '../../store/client/store.ts'

/** Healings of the index of accounts begin no closer to each other, in milliseconds. */
const REST_MS = 30_000
const BATCH = 100

/**
 * Brings the index of accounts and the set of admins up to what the keyspace holds: SCAN finds the
 * accounts that were typed by hand, and those that are gone are taken out. Begun by lists of
 * accounts; one healer is at work at a time.
 *
 * @param store Makes a store for each step, so that each has its own time.
 * @returns How many came or went; undefined when another healer is at work, or was a moment ago.
 */
export async function healAccounts(
  store: () => Store,
  healer: string,
  restMs: number = REST_MS,
): Promise<number | undefined> {
  if (!(await beginAccounts(store(), healer, restMs))) return undefined
  let changed = 0
  for (const read of [accountKeysRead, indexedRead]) {
    let from = read === accountKeysRead ? '0' : ''
    while (from !== 'end') {
      const [page]: readonly [AddressPage] = await store().read(read(from))
      for (let at = 0; at < page.addresses.length; at += BATCH) {
        changed += await enrolAccounts(store(), page.addresses.slice(at, at + BATCH))
      }
      if (!(await keepAccounts(store(), healer, false))) return changed
      from = page.next
    }
  }
  await keepAccounts(store(), healer, true)
  return changed
}

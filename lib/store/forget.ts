import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { FORGET_RECORDS } from './scripts/forget.ts'

/** Deletes the records of keys that their account has ended already. */
export async function forgetKeys(store: Store, ids: readonly string[]): Promise<void> {
  await forgetRecords(store, ids.map(keys.apiKey))
}

/** Lua takes no more arguments than some thousands. */
const MOST_AT_ONCE = 1_000

/** Deletes records that open nothing any more. */
export async function forgetRecords(
  store: Store,
  recordKeys: readonly string[],
  database: 'auth' | 'data' = 'auth',
): Promise<void> {
  for (let start = 0; start < recordKeys.length; start += MOST_AT_ONCE) {
    const some = recordKeys.slice(start, start + MOST_AT_ONCE)
    await store.write(FORGET_RECORDS, { recordKeys: some }, {}, database)
  }
}

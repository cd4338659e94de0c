import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { FORGET_RECORDS } from './scripts/forget.ts'

/** Deletes the records of keys that their account has ended already. */
export async function forgetKeys(store: Store, ids: readonly string[]): Promise<void> {
  await forgetRecords(store, ids.map(keys.apiKey))
}

/** Deletes records that open nothing any more. */
export async function forgetRecords(store: Store, recordKeys: readonly string[]): Promise<void> {
  if (recordKeys.length > 0) await store.write(FORGET_RECORDS, { recordKeys }, {})
}

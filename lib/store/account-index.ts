import { integer, type Read, replyList, text } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { BEGIN_ACCOUNTS, ENROL_ACCOUNTS, KEEP_ACCOUNTS } from './scripts/account-index.ts'

/** How long a healer may be silent before another takes over. */
const HEALER_TTL_MS = 30_000
const HEALER = [keys.accountsHealer, keys.accountsHealed]

/** Becomes the one healer of the index of accounts. See {@link BEGIN_ACCOUNTS}. */
export async function beginAccounts(
  store: Store,
  healer: string,
  restMs: number,
): Promise<boolean> {
  const [begun] = await store.write(BEGIN_ACCOUNTS, HEALER, [healer, HEALER_TTL_MS, restMs])
  return integer(begun) === 1
}

/** Says that healing goes on, or has ended. @returns False when another has taken over. */
export async function keepAccounts(store: Store, healer: string, ended: boolean): Promise<boolean> {
  const args = [healer, HEALER_TTL_MS, ended ? 1 : 0]
  const [kept] = await store.write(KEEP_ACCOUNTS, HEALER, args)
  return integer(kept) === 1
}

/** Brings accounts into the index, or takes out those that are gone. @returns How many changed. */
export async function enrolAccounts(store: Store, addresses: readonly string[]): Promise<number> {
  if (addresses.length === 0) return 0
  const accounts = addresses.map(keys.user)
  const touched = [keys.accounts, keys.admins, ...accounts]
  const [changed] = await store.write(ENROL_ACCOUNTS, touched, [...addresses])
  return integer(changed)
}

/** Some addresses, and where the next ones begin; `end` after the last. */
export interface AddressPage {
  next: string | 'end'
  addresses: string[]
}

/** Finds accounts by their keys. A cursor of `0` begins. */
export function accountKeysRead(cursor: string): Read<AddressPage> {
  const prefix = keys.user('')
  return {
    database: 'auth',
    queue: (pipeline) =>
      pipeline.scan(cursor, { match: keys.under(prefix), count: 2_500, type: 'hash' }),
    parse: (reply) => {
      const [next, names] = replyList(reply)
      const found = Array.isArray(names) ? names.map((name) => text(name) ?? '') : []
      const after = text(next) ?? '0'
      const addresses = found.map((name) => name.slice(prefix.length)).filter((each) => each !== '')
      return { next: after === '0' ? 'end' : after, addresses }
    },
  }
}

/** A stretch of the index. @param after The last address of the stretch before; '' begins. */
export function indexedRead(after: string): Read<AddressPage> {
  const length = 500
  return {
    database: 'auth',
    queue: (pipeline) =>
      pipeline.zrange(keys.accounts, after === '' ? '-' : `(${after}`, '+', {
        byLex: true,
        offset: 0,
        count: length,
      }),
    parse: (reply) => {
      const addresses = replyList(reply).map((each) => text(each) ?? '')
      const last = addresses.at(-1)
      return { next: addresses.length < length || last === undefined ? 'end' : last, addresses }
    },
  }
}

import { type Read, replyList, word, words } from './client/reply.ts'
import type { Store } from './client/store.ts'
import { keys } from './keys.ts'
import { BEGIN_ACCOUNTS, ENROL_ACCOUNTS, KEEP_ACCOUNTS } from './scripts/account-index.ts'

/** How long a healer may be silent before another takes over. */
const HEALER_TTL_MS = 30_000
const HEALER = { healerKey: keys.accountsHealer, healedKey: keys.accountsHealed }

/** Becomes the one healer of the index of accounts. See {@link BEGIN_ACCOUNTS}. */
export async function beginAccounts(
  store: Store,
  healer: string,
  restMs: number,
): Promise<boolean> {
  const args = { healer, healerTtl: HEALER_TTL_MS, rest: restMs }
  return (await store.write(BEGIN_ACCOUNTS, HEALER, args)).begun
}

/** Says that healing goes on, or has ended. @returns False when another has taken over. */
export async function keepAccounts(store: Store, healer: string, ended: boolean): Promise<boolean> {
  const args = { healer, healerTtl: HEALER_TTL_MS, ended }
  return (await store.write(KEEP_ACCOUNTS, HEALER, args)).kept
}

/** Brings accounts into the index, or takes out those that are gone. @returns How many changed. */
export async function enrolAccounts(store: Store, addresses: readonly string[]): Promise<number> {
  if (addresses.length === 0) return 0
  const userKeys = addresses.map(keys.user)
  const touched = { accountsKey: keys.accounts, adminsKey: keys.admins, userKeys }
  return (await store.write(ENROL_ACCOUNTS, touched, { addresses })).changed
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
      const found = words(names).map((name) => name.slice(prefix.length))
      const after = word(next) || '0'
      const addresses = found.filter((each) => each !== '')
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
      const addresses = replyList(reply).map(word)
      const last = addresses.at(-1)
      return { next: addresses.length < length || last === undefined ? 'end' : last, addresses }
    },
  }
}

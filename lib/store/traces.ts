import type { Store } from './client/store.ts'
import { forgetRecords } from './forget.ts'
import { keys } from './keys.ts'
import { FIND_TRACES } from './scripts/traces.ts'

/** An account, as records name it. */
export interface AccountNames {
  /** The address. */
  userId: string
  /** Undefined for an account that was typed by hand and never signed in. */
  accountId: string | undefined
}

/** How a key begins, a field of its hash, and the value that names the account; '' for a text with it. */
type Mark = [prefix: string, field: string, value: string]

/**
 * Records that name an account and that no index leads to: sessions that have ended, links that are void. From
 * before accounts had ids they name the address.
 */
function accountMarks({ userId, accountId }: AccountNames): Mark[] {
  const ids = [userId, ...(accountId === undefined ? [] : [accountId])]
  return [
    ...ids.flatMap((id): Mark[] => [
      [keys.session(''), 'uid', id],
      [keys.apiKey(''), 'uid', id],
      [keys.once(''), 'uid', id],
      [keys.identities, 'uid', id],
      [keys.passkey(''), 'uid', id],
      [keys.challenge(''), '', id],
    ]),
    [keys.apiKey(''), 'user', userId],
    [keys.registration(''), 'user', userId],
  ]
}

/** Items of an owner, and what their making was answered. */
function itemMarks({ userId, accountId }: AccountNames, prefixes: readonly string[]): Mark[] {
  const ids = [userId, ...(accountId === undefined ? [] : [accountId])]
  return ids.flatMap((id): Mark[] => [
    ...prefixes.map((prefix): Mark => [prefix, 'owner', id]),
    [keys.idempotency(''), '', JSON.stringify(id)],
  ])
}

const KEYS_A_STEP = 2_500

/** A walk through the keys of a database. */
interface Walk {
  database: 'auth' | 'data'
  marks: Mark[]
  /** Registrations that are open now: if there are any, they are of somebody who came after the account. */
  registrationsKey: string
  /** Undefined at the end. */
  cursor: string | undefined
  found: Set<string>
}

/**
 * A search for what is left of an account. Nothing is to be deleted while it goes on: a walk may then miss
 * keys.
 */
export class TraceSearch {
  readonly #accounts: Walk
  readonly #items: Walk

  /** @param owned The prefixes of collections whose items have owners. */
  constructor(account: AccountNames, owned: readonly string[]) {
    const walk = { registrationsKey: keys.registrationsOf(account.userId), cursor: '0' }
    const [marks, items] = [accountMarks(account), itemMarks(account, owned)]
    this.#accounts = { ...walk, database: 'auth', marks, found: new Set() }
    this.#items = { ...walk, database: 'data', marks: items, found: new Set() }
  }

  /** Looks at some more keys, of both databases at once. @returns Whether those were the last. */
  async step(store: Store): Promise<boolean> {
    await Promise.all([walkOn(store, this.#accounts), walkOn(store, this.#items)])
    return this.#accounts.cursor === undefined && this.#items.cursor === undefined
  }

  /** The keys of what was found among the items, without what was kept for repeats of requests. */
  get items(): string[] {
    return [...this.#items.found].filter((key) => !isKept(key))
  }

  /** Deletes what was found besides items. */
  async forgetRest(store: Store): Promise<void> {
    await forgetRecords(store, [...this.#accounts.found])
    await forgetRecords(store, [...this.#items.found].filter(isKept), 'data')
  }
}

function isKept(key: string): boolean {
  return key.startsWith(keys.idempotency(''))
}

async function walkOn(store: Store, walk: Walk): Promise<void> {
  const { cursor, marks, database, registrationsKey } = walk
  if (cursor === undefined) return
  const registrationPrefix = keys.registration('')
  const args = { cursor, count: KEYS_A_STEP, registrationPrefix, marks: marks.flat() }
  const page = await store.write(FIND_TRACES, { registrationsKey }, args, database)
  for (const key of page.found) walk.found.add(key)
  walk.cursor = page.cursor === '0' ? undefined : page.cursor
}

import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { accountExport, type ExportDeps } from '../lib/auth/accounts/account-export.ts'
import { newAccountId } from '../lib/auth/accounts/account-id.ts'
import { eraseTraces } from '../lib/auth/accounts/remove-account.ts'
import { parseUserId } from '../lib/auth/accounts/user-id.ts'
import { newPassword, weakness } from '../lib/auth/passwords/new-password.ts'
import { createPasswords } from '../lib/auth/passwords/password.ts'
import { StoreUnavailable } from '../lib/contract/problems.ts'
import { exportParts } from '../lib/deps/export.ts'
import { removalParts } from '../lib/deps/removal.ts'
import { hmac } from '../lib/hash.ts'
import { ItemCache } from '../lib/items/item-cache.ts'
import { findCollection } from '../lib/items/registry.ts'
import { log } from '../lib/log.ts'
import { printable } from '../lib/printable.ts'
import { Plans } from '../lib/rate-limit/plans.ts'
import { plans as plansSet } from '../lib/settings/plans.ts'
import { passwordRules, readerOf } from '../lib/settings/readers.ts'
import {
  accountsOf,
  accountsRead,
  addAccount,
  type Rights,
  releaseAccount,
  setPassword,
  setRights,
} from '../lib/store/administration.ts'
import { apiKeysRead, removeKey } from '../lib/store/api-keys.ts'
import { connect } from '../lib/store/client/redis.ts'
import { Store } from '../lib/store/client/store.ts'
import { Trips } from '../lib/store/client/trips.ts'
import { deletableRead, deleteAccount } from '../lib/store/delete-account.ts'
import { forgetKeys } from '../lib/store/forget.ts'
import type { StoredPage } from '../lib/store/pages.ts'
import { DEFAULT_PLAN, level, planName } from '../lib/store/rules.ts'
import { sessionsRead } from '../lib/store/session-list.ts'
import { revokeSessions } from '../lib/store/sessions.ts'
import { TraceSearch } from '../lib/store/traces.ts'
import { credentialsRead, profileRead } from '../lib/store/users.ts'
import { operatorStore } from './operator-store.ts'

const HELP = `Manages Usher's accounts.

  npm run users -- add <address> [--level <0 to 9>] [--password <password>]
  npm run users -- list
  npm run users -- level <address> <0 to 9>
  npm run users -- plan <address> <name>      free, pro, unlimited, and those of PLANS
  npm run users -- disable <address>          ends every session, at once
  npm run users -- enable <address>
  npm run users -- password <address> [--password <password>]     ends every session, at once
  npm run users -- sessions <address> [--end]
  npm run users -- keys <address> [--end-key <id>]
  npm run users -- totp <address> [--end]     whether a sign-in wants a code; takes it away
  npm run users -- unlock <address>           clears failed sign-ins
  npm run users -- verify <address>           counts as confirmed, without a mail
  npm run users -- export <address>           all that is kept of the account, as JSON
  npm run users -- delete <address>           with all that is kept of it

Without --password one is made up and printed. Levels: user 0, editor 5, admin 9.
The store is AUTH_REDIS_REST_URL and _TOKEN, else as for \`npm run seed\`.
`

/** What a command did not do, in a sentence for the operator; ends with 1. */
class Refused extends Error {}

interface Words {
  subject: string
  value: string | undefined
  level: string
  password: string | undefined
  end: boolean
  endKey: string | undefined
}

/** @param anew Makes a store for each step of what takes long. */
type Command = (store: Store, words: Words, anew: () => Store) => Promise<void>

const commands: Record<string, Command> = {
  add: async (store, words) => {
    const { userId, hash, password } = await chosenPassword(words)
    const account = { userId, accountId: newAccountId(), hash, level: levelOf(words.level) }
    if ((await addAccount(store, account)) === 'exists')
      throw new Refused(`${userId} is there already.`)
    console.log(`${userId} / ${password}  level ${account.level}`)
  },
  list: async (store) => {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const [page]: readonly [StoredPage] = await store.read(accountsRead({ after, limit: 100 }))
      for (const { userId, account } of accountsOf(page)) {
        const plan = planName(account.plan)
        const notes = [
          plan !== DEFAULT_PLAN && `plan ${plan}`,
          account.disabled && 'disabled',
          !account.emailVerified && 'not verified',
        ]
        const words = [userId, `level ${level(account.level)}`, ...notes.filter(Boolean)]
        console.log(printable(words.join('  ')))
      }
      after = page.next
    }
  },
  level: async (store, words) => {
    const newLevel = levelOf(words.value ?? '')
    await change(store, words.subject, { level: newLevel })
    console.log(`${userIdOf(words.subject)} has level ${newLevel}.`)
  },
  plan: async (store, words) => {
    const plan = words.value ?? ''
    const { names } = plansThere()
    if (!names.includes(plan)) throw new Refused(`A plan is one of ${names.join(', ')}.`)
    await change(store, words.subject, { plan })
    console.log(`${userIdOf(words.subject)} has the plan ${plan}.`)
  },
  disable: async (store, { subject }) => {
    await change(store, subject, { disabled: true })
    console.log(`${userIdOf(subject)} is disabled; every session has ended.`)
  },
  enable: async (store, { subject }) => {
    await change(store, subject, { disabled: false })
    console.log(`${userIdOf(subject)} is enabled.`)
  },
  password: async (store, words) => {
    const { userId, hash, password } = await chosenPassword(words)
    const changed = await setPassword(store, { userId, hash })
    if (changed.status === 'unknown') throw unknown(userId)
    await forgetKeys(store, changed.endedKeys)
    const ended = `Every session and ${changed.endedKeys.length} API keys have ended.`
    console.log(`${userId} / ${password}\n${ended}`)
  },
  totp: async (store, { subject, end }) => {
    const userId = userIdOf(subject)
    const [{ totp }] = await store.read(credentialsRead(userId))
    if (end) await change(store, subject, { totp: false })
    const before = totp === undefined ? 'wants no code' : 'wants a code'
    console.log(`A sign-in of ${userId} ${end ? 'wants no code any more' : before}.`)
  },
  unlock: async (store, { subject }) => {
    const userId = userIdOf(subject)
    if ((await releaseAccount(store, userId, 'unlock')) === 'unknown') throw unknown(userId)
    console.log(`${userId} may try to sign in again.`)
  },
  verify: async (store, { subject }) => {
    const userId = userIdOf(subject)
    if ((await releaseAccount(store, userId, 'verify')) === 'unknown') throw unknown(userId)
    console.log(`The address of ${userId} counts as confirmed.`)
  },
  delete: async (store, { subject }, anew) => {
    const userId = userIdOf(subject)
    const [deletable] = await store.read(deletableRead(userId))
    const status = await deleteAccount(store, userId, deletable, Date.now())
    if (status === 'unknown') throw unknown(userId)
    if (status === 'last-admin') throw new Refused(`${userId} is the last admin.`)
    const { ownedItems } = removalParts()
    const search = new TraceSearch({ userId, accountId: deletable.accountId }, ownedItems.prefixes)
    await eraseTraces(anew, search, ownedItems)
    console.log(`${userId} is deleted, with all that was kept of it.`)
  },
  export: async (store, { subject }) => {
    const userId = userIdOf(subject)
    const [account] = await store.read(profileRead(userId))
    if (!account.exists) throw unknown(userId)
    const call = { store, background: () => undefined }
    const kept = await accountExport(call, exportNeeds(), userId, account)
    if (!kept.ok) throw new Refused(`What it owns cannot be listed now: ${kept.reason}.`)
    console.log(JSON.stringify(kept.value, undefined, 2))
  },
  keys: async (store, { subject, endKey }) => {
    const userId = userIdOf(subject)
    const [account] = await store.read(profileRead(userId))
    if (!account.exists) throw unknown(userId)
    if (endKey !== undefined) {
      const owner = { userId, accountId: account.accountId ?? userId }
      if (!(await removeKey(store, endKey, owner))) throw new Refused(`There is no key ${endKey}.`)
      console.log(`The key ${endKey} has ended.`)
      return
    }
    const [list] = await store.read(apiKeysRead(userId))
    for (const { id, name, scopes, usedAt } of list) {
      const used = usedAt === undefined ? 'never used' : `used ${new Date(usedAt).toISOString()}`
      console.log(`${id}  ${scopes.join(' ')}  ${used}  ${name}`)
    }
    console.log(`${list.length} API keys.`)
  },
  sessions: async (store, { subject, end }) => {
    const userId = userIdOf(subject)
    const [account] = await store.read(profileRead(userId))
    if (!account.exists) throw unknown(userId)
    if (end) {
      await revokeSessions(store, userId)
      console.log(`Every session of ${userId} has ended.`)
      return
    }
    const [sessions] = await store.read(sessionsRead(userId))
    for (const { sessionId, rotatedAt, ip, userAgent } of sessions) {
      const at = new Date(rotatedAt).toISOString()
      console.log(printable(`${sessionId}  ${at}  ${ip}  ${userAgent}`))
    }
    console.log(`${sessions.length} live sessions.`)
  },
}

/** A key of no deployment: the cursors of these lists are read here alone. */
function exportNeeds(): ExportDeps {
  const now = Date.now
  const itemCache = new ItemCache(now)
  const cursorMacs = [hmac('cursor', randomUUID())]
  const deps = { now, randomId: randomUUID, cursorMacs, itemCache, findCollection }
  return { plans: plansThere(), ...exportParts(deps) }
}

/** The plans of this environment. */
function plansThere(): Plans {
  const faults: string[] = []
  const set = plansSet(readerOf(process.env), faults)
  if (faults.length > 0) throw new Refused(faults.join(' '))
  return new Plans(set, {}, log)
}

async function change(store: Store, subject: string, rights: Rights): Promise<void> {
  const userId = userIdOf(subject)
  const [{ accountId }] = await store.read(profileRead(userId))
  const changed = await setRights(store, { userId, accountId }, rights)
  if (changed.status === 'unknown') throw unknown(userId)
  if (changed.status !== 'done') throw new Refused(`${userId} is the last admin.`)
  await forgetKeys(store, changed.endedKeys)
}

async function chosenPassword(
  words: Words,
): Promise<{ userId: string; password: string; hash: string }> {
  const userId = userIdOf(words.subject)
  const faults: string[] = []
  const rules = passwordRules(readerOf(process.env), faults, process.env['APP_ORIGIN'] ?? '')
  if (faults.length > 0) throw new Refused(faults.join(' '))
  // Three bytes are four characters.
  const bytes = Math.max(12, Math.ceil((rules.minLength * 3) / 4))
  const password = words.password ?? randomBytes(bytes).toString('base64url')
  const parsed = newPassword.safeParse(password)
  const fault =
    parsed.error?.issues[0]?.message ?? weakness(password, userId, rules)?.errors?.[0]?.message
  if (fault !== undefined) throw new Refused(`The password ${fault}.`)
  const hash = await createPasswords((ms) => setTimeout(ms), Date.now).hash(password)
  if (!hash.ok) throw new Refused(hash.reason)
  return { userId, password, hash: hash.value }
}

function userIdOf(subject: string): string {
  const userId = parseUserId(subject)
  if (userId === undefined) throw new Refused(`${subject} is not an address.`)
  return userId
}

function levelOf(text: string): number {
  if (!/^\d$/.test(text)) throw new Refused('A level is a number from 0 to 9.')
  return Number(text)
}

function unknown(userId: string): Refused {
  return new Refused(`There is no account ${userId}.`)
}

function misuse(message: string): never {
  console.error(`${message}\n\n${HELP}`)
  process.exit(2)
}

/** What a command takes besides its words; the rest would be passed over in silence. */
function optionsOf(name: string): string[] {
  switch (name) {
    case 'add':
      return ['level', 'password']
    case 'password':
      return ['password']
    case 'sessions':
    case 'totp':
      return ['end']
    case 'keys':
      return ['end-key']
    default:
      return []
  }
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      level: { type: 'string' },
      password: { type: 'string' },
      end: { type: 'boolean' },
      'end-key': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const [name = '', subject = '', value, ...rest] = positionals
  if (values.help) {
    console.log(HELP)
    return
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  const expected = name === 'list' ? 1 : name === 'level' || name === 'plan' ? 3 : 2
  if (command === undefined || rest.length > 0 || positionals.length !== expected) {
    misuse('These words are not a command.')
  }
  const unknown = Object.keys(values).filter((option) => !optionsOf(name).includes(option))
  if (unknown.length > 0) misuse(`users ${name} takes no --${unknown.join(', no --')}.`)
  const opened = await operatorStore()
  if (typeof opened === 'string') return misuse(opened)
  // Not among the lines that programs read.
  console.error(`The store is ${opened.accounts.name}.`)
  const auth = connect(opened.accounts)
  const data = opened.data.url === opened.accounts.url ? auth : connect(opened.data)
  const anew = (): Store => new Store({ auth, data }, new Trips(Date.now))
  try {
    const words = {
      subject,
      value,
      level: values.level ?? '0',
      password: values.password,
      end: values.end ?? false,
      endKey: values['end-key'],
    }
    await command(anew(), words, anew)
  } finally {
    await opened.close()
  }
}

main().catch((error: unknown) => {
  if (error instanceof Refused) console.error(error.message)
  else if (error instanceof StoreUnavailable)
    console.error(`The store does not answer: ${error.message}.`)
  else misuse(error instanceof Error ? error.message : String(error))
  process.exit(1)
})

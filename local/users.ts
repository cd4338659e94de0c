import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { LEVELS } from '../lib/auth/levels.ts'
import { newPassword, weakness } from '../lib/auth/new-password.ts'
import { createPasswords } from '../lib/auth/password.ts'
import { parseUserId } from '../lib/auth/user-id.ts'
import { StoreUnavailable } from '../lib/errors.ts'
import {
  accountsOf,
  accountsRead,
  addAccount,
  setPassword,
  setRights,
} from '../lib/store/administration.ts'
import { connect } from '../lib/store/redis.ts'
import { level } from '../lib/store/rules.ts'
import { endSessions, sessionsRead } from '../lib/store/sessions.ts'
import { Store } from '../lib/store/store.ts'
import { Trips } from '../lib/store/trips.ts'
import { operatorStore } from './operator-store.ts'

const HELP = `Manages Usher's accounts.

  npm run users -- add <address> [--level <0 to 9>] [--password <password>]
  npm run users -- list
  npm run users -- level <address> <0 to 9>
  npm run users -- disable <address>          ends every session, at once
  npm run users -- enable <address>
  npm run users -- password <address> [--password <password>]     ends every session, at once
  npm run users -- sessions <address> [--end]

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
}

type Command = (store: Store, words: Words) => Promise<void>

const commands: Record<string, Command> = {
  add: async (store, words) => {
    const { userId, hash, password } = await chosenPassword(words)
    const account = { userId, hash, level: levelOf(words.level), createdAt: Date.now() }
    if ((await addAccount(store, account)) === 'exists')
      throw new Refused(`${userId} is there already.`)
    console.log(`${userId} / ${password}  level ${account.level}`)
  },
  list: async (store) => {
    let after = ''
    for (;;) {
      const [page] = await store.read(accountsRead({ after, limit: 100 }))
      for (const { userId, account } of accountsOf(page)) {
        const notes = [account.disabled && 'disabled', !account.emailVerified && 'not verified']
        console.log([userId, `level ${level(account.level)}`, ...notes.filter(Boolean)].join('  '))
      }
      const last = page.items.at(-1)
      if (!page.more || last === undefined) return
      after = last.id
    }
  },
  level: async (store, words) => {
    const newLevel = levelOf(words.value ?? '')
    await change(store, words.subject, { level: newLevel })
    console.log(`${userIdOf(words.subject)} has level ${newLevel}.`)
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
    if ((await setPassword(store, { userId, hash })) === 'unknown') throw unknown(userId)
    console.log(`${userId} / ${password}\nEvery session has ended.`)
  },
  sessions: async (store, { subject, end }) => {
    const userId = userIdOf(subject)
    if (end) {
      await endSessions(store, userId)
      console.log(`Every session of ${userId} has ended.`)
      return
    }
    const [sessions] = await store.read(sessionsRead(userId))
    for (const { sessionId, rotatedAt, ip, userAgent } of sessions) {
      console.log(`${sessionId}  ${new Date(rotatedAt).toISOString()}  ${ip}  ${userAgent}`)
    }
    console.log(`${sessions.length} live sessions.`)
  },
}

async function change(
  store: Store,
  subject: string,
  rights: Parameters<typeof setRights>[2],
): Promise<void> {
  const userId = userIdOf(subject)
  const status = await setRights(store, userId, rights, LEVELS.admin)
  if (status === 'unknown') throw unknown(userId)
  if (status === 'last-admin') throw new Refused(`${userId} is the last admin.`)
}

async function chosenPassword(
  words: Words,
): Promise<{ userId: string; password: string; hash: string }> {
  const userId = userIdOf(words.subject)
  const password = words.password ?? randomBytes(12).toString('base64url')
  const parsed = newPassword.safeParse(password)
  const fault = parsed.error?.issues[0]?.message ?? weakness(password, userId)?.errors?.[0]?.message
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

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      level: { type: 'string', default: '0' },
      password: { type: 'string' },
      end: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [name = '', subject = '', value, ...rest] = positionals
  if (values.help) {
    console.log(HELP)
    return
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  const expected = name === 'list' ? 1 : name === 'level' ? 3 : 2
  if (command === undefined || rest.length > 0 || positionals.length !== expected) {
    misuse('These words are not a command.')
  }
  const opened = await operatorStore()
  if (typeof opened === 'string') return misuse(opened)
  // Not among the lines that programs read.
  console.error(`The store is ${opened.accounts.name}.`)
  const data = connect(opened.accounts)
  try {
    const store = new Store({ auth: data, data }, new Trips(Date.now))
    await command(store, {
      subject,
      value,
      level: values.level,
      password: values.password,
      end: values.end,
    })
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

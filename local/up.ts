import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectAccounts, connectForLoading, loadSamples, loadSource } from '../seed/load.ts'
import { sources } from '../seed/samples.ts'
import { type DemoUser, seedUsers } from '../seed/users.ts'
import { announceStore } from './announce.ts'
import { FAULTS, type FaultName, startFaultProxy } from './gateway/fault-proxy.ts'
import type { Gateway } from './gateway/server.ts'
import { run } from './host.ts'
import { openOutbox } from './outbox.ts'
import { holdScreen, keepLog } from './screen.ts'
import { isLocal, redisName, storeKind } from './store.ts'

const SECRETS_FILE = join('.usher', 'secrets.json')
const LOGS = join('.usher', 'logs')
const SERVER_LOG = join(LOGS, 'up.log')

/** Local secrets, made up once and kept, so that a restart signs nobody out. */
async function localSecrets(): Promise<Record<'SECRET_TOKEN' | 'SECRET_RTOKEN', string>> {
  try {
    return JSON.parse(await readFile(SECRETS_FILE, 'utf8'))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    const secret = (): string => randomBytes(48).toString('base64url')
    const secrets = { SECRET_TOKEN: secret(), SECRET_RTOKEN: secret() }
    await mkdir('.usher', { recursive: true, mode: 0o700 })
    await writeFile(SECRETS_FILE, JSON.stringify(secrets), { mode: 0o600 })
    return secrets
  }
}

async function main(): Promise<void> {
  const dev = process.argv[2] === 'dev'
  const port = process.env['PORT'] || '3000'
  const secrets = await localSecrets()
  process.env['SECRET_TOKEN'] ||= secrets.SECRET_TOKEN
  process.env['SECRET_RTOKEN'] ||= secrets.SECRET_RTOKEN
  process.env['APP_ORIGIN'] ||= `http://localhost:${port}`

  keepLog(SERVER_LOG)
  await openOutbox(process.env, (text) => console.log(text))

  const fault = faultOf(process.argv)
  const demo = process.argv.includes('--demo')
  const kind = storeKind(process.env)
  if (kind === 'embedded') process.env['USHER_STORE'] = 'embedded'
  if (kind === 'upstash' && demo) {
    console.error('--demo is for a local store. For your database: `npm run seed -- --demo`.')
    process.exit(2)
  }
  let users: DemoUser[] = []
  let sayFault = (): void => undefined
  let giveScreenBack = (): void => undefined
  const { address, gateway } = await run(dev ? 'next-dev' : 'next', async (opened) => {
    // What can be wrong with the environment was said: what comes is loading, and Next.
    if (!process.argv.includes('--verbose')) giveScreenBack = holdScreen(join(LOGS, 'start.log'))
    if (opened === undefined) return
    const local = isLocal(process.env['REDIS_URL'])
    const name = opened.engine.volatile ? 'the embedded store' : redisName(process.env)
    await announceStore({ url: opened.url, token: opened.token, name, local })
    // A store of somebody's own gets nothing that was not asked for: an account with a public
    // password lets everybody in.
    if (opened.engine.volatile || demo) {
      users = await loadAll(opened, { demo, local })
    }
    if (fault === 'none') return
    if (local) sayFault = await standBetween(opened, fault)
    else sayFault = () => console.warn('--fault is for a store of this machine: it is left out.')
  })
  giveScreenBack()
  tell({ address: address.replace(LOOPBACK, '//localhost:'), gateway, users, dev })
  sayFault()
}

/** What a person types instead; the pages' own origin is the same. */
const LOOPBACK = /\/\/(127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):/

/** Loads the demo's items, and its accounts where they stay in the same store or were asked for. */
async function loadAll(
  opened: Gateway,
  { demo, local }: { demo: boolean; local: boolean },
): Promise<DemoUser[]> {
  const redis = connectForLoading(opened)
  await loadSamples(redis)
  // What a person changed in a Redis of theirs stays as it is.
  for (const [name, source] of Object.entries(sources)) {
    await loadSource(redis, name, source, 'add')
  }
  const accounts = connectAccounts(process.env)
  if (accounts !== undefined && !demo) return []
  const publicPassword = local && isLocal(process.env['AUTH_REDIS_REST_URL'])
  return seedUsers(accounts ?? redis, { publicPassword })
}

/**
 * Puts a proxy that fails between the app and its store; Enter lets the store answer and fail again.
 *
 * @returns Says whether it fails.
 */
async function standBetween(gateway: Gateway, fault: FaultName): Promise<() => void> {
  const proxy = await startFaultProxy(gateway.url)
  proxy.fault = fault
  process.env['UPSTASH_REDIS_REST_URL'] = proxy.url
  const say = (): void =>
    console.log(`The store ${proxy.fault === 'none' ? 'answers' : `fails: ${FAULTS[fault]}`}.`)
  process.stdin.on('data', () => {
    proxy.fault = proxy.fault === 'none' ? fault : 'none'
    say()
  })
  process.stdin.unref()
  return say
}

/** The fault that `--fault` names; ends the process when there is no such fault. */
function faultOf(words: string[]): FaultName {
  const at = words.findIndex((word) => /^--fault(=|$)/.test(word))
  if (at < 0) return 'none'
  const name = words[at]?.split('=')[1] ?? words[at + 1] ?? ''
  if (Object.hasOwn(FAULTS, name)) return name as FaultName
  const list = Object.entries(FAULTS).map(([fault, what]) => `  ${fault.padEnd(14)}${what}`)
  console.error(`--fault takes one of these:\n${list.join('\n')}`)
  process.exit(2)
}

interface Started {
  address: string
  gateway: Gateway | undefined
  users: DemoUser[]
  dev: boolean
}

/** Says all that somebody needs who sees this for the first time, in few lines. */
function tell({ address, gateway, users, dev }: Started): void {
  const stores = {
    embedded: 'a store in memory, gone when this process ends',
    redis: 'the Redis of REDIS_URL; without --demo nothing was loaded into it',
    upstash: 'your Upstash database; nothing was loaded into it',
  }
  const store = stores[gateway === undefined ? 'upstash' : storeKindOf(gateway)]
  const accounts = users.map(
    ({ id, level, password }) => `${id} / ${password ?? '(as set before)'} (level ${level})`,
  )
  const work = dev ? 'What you change is served at once' : 'Work on it: npm run dev'
  const lines = [
    `Usher listens on ${address} with ${store}`,
    ...(accounts.length === 0 ? [] : [`Accounts: ${accounts.join(', ')}`]),
    `Try it:\n  ${trial(address, users)}`,
    `${work} · Log and mails: ${SERVER_LOG} · Stop: Ctrl+C`,
  ]
  // A terminal has a line that says what was going on.
  process.stdout.write(`${process.stdout.isTTY ? '\r\x1b[K' : ''}${lines.join('\n')}\n`)
}

/** A line that works: signing in, when this run knows the password. */
function trial(address: string, users: DemoUser[]): string {
  const known = users.some(({ id, password }) => id === 'me@home.org' && password === 'password')
  return known
    ? `curl -s ${address}/api/auth/signin -H 'Content-Type: application/json' -d '{"user":"me@home.org","password":"password"}'`
    : `curl -s ${address}/api/health/ready`
}

function storeKindOf(gateway: Gateway): 'embedded' | 'redis' {
  return gateway.engine.volatile ? 'embedded' : 'redis'
}

if (process.argv.includes('--help')) {
  console.log(`npm run up: installs, builds, starts the local store, loads the demo data and serves on
HOST:PORT (127.0.0.1:3000). Set REDIS_URL to keep the data in a Redis of yours.
npm run dev: the same with Next's development server, which serves what you change at once.
--verbose: shows what the tools say; else it goes to .usher/logs.
--demo: loads the demo data and accounts into the Redis of REDIS_URL, too, which gets nothing else.
--fault <name>: a store that fails, to see what clients see; --fault help lists the ways.`)
} else {
  await main()
}

import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectAccounts, connectForLoading, loadSamples, loadSource } from '../seed/load.ts'
import { sources } from '../seed/samples.ts'
import { seedUsage } from '../seed/usage.ts'
import { type DemoUser, seedUsers } from '../seed/users.ts'
import { announceStore, makePrivateFolder } from './announce.ts'
import { FAULTS, type FaultName, startFaultProxy } from './gateway/fault-proxy.ts'
import { run } from './host.ts'
import { type OpenIdProvider, PEOPLE, startOpenIdProvider } from './openid-provider.ts'
import { openOutbox } from './outbox.ts'
import { holdScreen, keepLog } from './screen.ts'
import { isLocal, type OpenedStore, redisName, storeFolder, storeKind } from './store.ts'

const SECRETS_FILE = join('.usher', 'secrets.json')
const LOGS = join('.usher', 'logs')
const SERVER_LOG = join(LOGS, 'up.log')

/** Local secrets, made up once and kept, so that a restart signs nobody out. */
async function localSecrets(): Promise<Record<'SECRET_TOKEN' | 'SECRET_RTOKEN', string>> {
  await makePrivateFolder()
  const kept = await readSecret(SECRETS_FILE)
  if (kept !== undefined) return JSON.parse(kept)
  const secret = (): string => randomBytes(48).toString('base64url')
  const secrets = { SECRET_TOKEN: secret(), SECRET_RTOKEN: secret() }
  await writeFile(SECRETS_FILE, JSON.stringify(secrets), { mode: 0o600 })
  return secrets
}

/** @returns Undefined where there is no such file. */
async function readSecret(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
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

  const provider = process.argv.includes('--provider') ? await openProvider(port) : undefined

  const fault = faultOf(process.argv)
  const demo = process.argv.includes('--demo')
  const fresh = process.argv.includes('--fresh')
  const kind = storeKind(process.env)
  if (kind === 'embedded') process.env['USHER_STORE'] = 'embedded'
  if (kind === 'upstash' && demo) {
    console.error('--demo is for a local store. For your database: `npm run seed -- --demo`.')
    process.exit(2)
  }
  if (kind !== 'embedded' && fresh) {
    console.error('--fresh is for the embedded store: a database of yours is left as it is.')
    process.exit(2)
  }
  let users: DemoUser[] = []
  let sayFault = (): void => undefined
  let giveScreenBack = (): void => undefined
  const prepare = async (opened: OpenedStore | undefined): Promise<void> => {
    // What can be wrong with the environment was said: what comes is loading, and Next.
    giveScreenBack = holdUnlessVerbose('start.log')
    if (opened === undefined) return
    const local = isLocal(process.env['REDIS_URL'])
    const name = kind === 'embedded' ? 'the embedded store' : redisName(process.env)
    const announced = { ...opened, name, by: 'npm run up', local }
    if (kind === 'embedded') await announceStore(announced, storeFolder(process.env))
    else await announceStore(announced)
    // A store of somebody's own gets nothing that was not asked for: an account with a public
    // password lets everybody in.
    if (kind === 'embedded' || demo) {
      users = await loadAll(opened, { demo, local })
      // Plots would be empty. A store of somebody's own gets nothing that is made up.
      if (kind === 'embedded' && connectAccounts(process.env) === undefined) {
        const addresses = users.map(({ id }) => id)
        await seedUsage(connectForLoading(opened), addresses, Date.now())
      }
    }
    if (fault === 'none') return
    if (local) sayFault = await standBetween(opened, fault)
    else sayFault = () => console.warn('--fault is for a store of this machine: it is left out.')
  }
  const { address, gateway } = await run(dev ? 'next-dev' : 'next', prepare, fresh)
  giveScreenBack()
  tell({ address: address.replace(LOOPBACK, '//localhost:'), gateway, users, dev, provider })
  sayFault()
}

/** Beside the server, so that identities are the same in every run. */
async function openProvider(port: string): Promise<OpenIdProvider> {
  const own = port === '0' ? 0 : Number(port) + 1
  const provider = await startOpenIdProvider(own).catch((error: unknown) => {
    const reason = error instanceof Error && 'code' in error ? error.code : 'it does not start'
    console.error(`--provider: the provider cannot use port ${own}: ${String(reason)}.`)
    return process.exit(1)
  })
  Object.assign(process.env, provider.variables)
  // What its package warns of matters to whoever runs one for others.
  const giveScreenBack = holdUnlessVerbose('provider.log')
  await provider.serve(process.env['APP_ORIGIN'] ?? '')
  giveScreenBack()
  return provider
}

/** @returns Gives the screen back, which a file of the logs has until then. */
function holdUnlessVerbose(file: string): () => void {
  return process.argv.includes('--verbose') ? () => undefined : holdScreen(join(LOGS, file))
}

/** What a person types instead; the pages' own origin is the same. */
const LOOPBACK = /\/\/(127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):/

/** Loads the demo's items, and its accounts where they stay in the same store or were asked for. */
async function loadAll(
  opened: OpenedStore,
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
  // Those of a store that is kept are printed again, for as long as they hold.
  const keeps = opened.kept !== undefined && accounts === undefined
  const file = join(storeFolder(process.env), 'demo-passwords.json')
  const known = JSON.parse((keeps ? await readSecret(file) : undefined) ?? '{}')
  const users = await seedUsers(accounts ?? redis, { publicPassword, known })
  const told = users.flatMap(({ id, password }) => (password === undefined ? [] : [[id, password]]))
  const passwords = JSON.stringify(Object.fromEntries(told))
  if (keeps) await writeFile(file, passwords, { mode: 0o600 })
  return users
}

/**
 * Puts a proxy that fails between the app and its store; Enter lets the store answer and fail again.
 *
 * @returns Says whether it fails.
 */
async function standBetween(gateway: OpenedStore, fault: FaultName): Promise<() => void> {
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
  gateway: OpenedStore | undefined
  users: DemoUser[]
  dev: boolean
  provider: OpenIdProvider | undefined
}

/** Says all that somebody needs who sees this for the first time, in few lines. */
function tell({ address, gateway, users, dev, provider }: Started): void {
  const stores = {
    embedded: `the store that is kept in ${gateway?.kept}`,
    redis: 'the Redis of REDIS_URL; without --demo nothing was loaded into it',
    upstash: 'your Upstash database; nothing was loaded into it',
  }
  const store = stores[gateway === undefined ? 'upstash' : gateway.engine.name]
  const accounts = users.map(
    ({ id, level, password }) => `${id} / ${password ?? '(as set before)'} (level ${level})`,
  )
  const hasMadeUp = gateway?.engine.name === 'embedded' && users.length > 0
  const people = Object.values(PEOPLE)
    .map(({ email }) => email)
    .join(' or ')
  const work = dev ? 'What you change is served at once' : 'Work on it: npm run dev'
  const lines = [
    `Usher listens on ${address} with ${store}`,
    ...(accounts.length === 0 ? [] : [`Accounts: ${accounts.join(', ')}`]),
    ...(hasMadeUp ? ['Their usage of the two weeks before today is made up.'] : []),
    ...(provider === undefined ? [] : [`Provider: ${address}/api/auth/oauth/local as ${people}`]),
    `Open ${address} and sign in, or try it:\n  ${trial(address, users)}`,
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

await main()

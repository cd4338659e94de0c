import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { grant } from '../lib/auth/sessions/grant.ts'
import { movies } from '../lib/collections/index.ts'
import { createAppDeps } from '../lib/deps/app.ts'
import { parseSettings } from '../lib/settings/settings.ts'
import { Store } from '../lib/store/client/store.ts'
import { Trips } from '../lib/store/client/trips.ts'
import { eventWords } from '../lib/store/events.ts'
import { openSession } from '../lib/store/sessions.ts'
import { importRows } from '../seed/import.ts'
import { connectForLoading, loadDemo } from '../seed/load.ts'
import { type Program, startProgram, startRedis } from '../test/support/processes.ts'
import { type Counts, readCounts } from './counts.ts'
import { reader, VISITOR } from './jobs.ts'

const TOKEN = 'bench'
const FILMS = 1_000
/** Every host says that it is here: a token of one is one of all. */
const ORIGIN = 'http://127.0.0.1:3000'

/** One Redis and one gateway for everybody, near and far. */
export interface BenchStore {
  redisVersion: string
  /** Access tokens, each of another user with a live session; the peers take them too. */
  tokens: readonly string[]
  /** What a subject finds in its environment, so far from its store. */
  environment(delayMs: number): Record<string, string>
  /** Requests and commands that reached the gateway. */
  restCounts(): Promise<Counts>
  /** Writes and commands of TCP clients, counted on the long way alone. */
  tcpCounts(): Promise<Counts>
}

export async function startStore(
  delayMs: number,
  users: number,
  keep: (program: Program) => void,
): Promise<BenchStore> {
  const redis = await startRedis()
  keep(redis)
  const gateway = await startPart('bench-gateway', { REDIS_URL: redis.url, TOKEN })
  keep(gateway.program)
  const { url, control } = gateway.told as { url: string; control: string }
  const targets = JSON.stringify({ rest: url, tcp: redis.url })
  const delay = await startPart('bench-delay', { DELAY_MS: String(delayMs), TARGETS: targets })
  keep(delay.program)
  const far = delay.told as { urls: Record<string, string>; control: string }
  await loadData(redis.url, url)
  const secrets = {
    SECRET_TOKEN: randomBytes(48).toString('base64url'),
    SECRET_RTOKEN: randomBytes(48).toString('base64url'),
    APP_ORIGIN: ORIGIN,
  }
  const rest = { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: TOKEN }
  const tokens = await openSessions({ ...secrets, ...rest }, redis.url, users)
  return {
    redisVersion:
      /v=(\S+)/.exec(spawnSync('redis-server', ['--version']).stdout.toString())?.[1] ?? '',
    tokens,
    environment: (ms) => ({
      ...secrets,
      UPSTASH_REDIS_REST_URL: ms === 0 ? url : (far.urls['rest'] ?? ''),
      UPSTASH_REDIS_REST_TOKEN: TOKEN,
      REDIS_URL: ms === 0 ? redis.url : (far.urls['tcp'] ?? ''),
      RATE_LIMITS: wide(),
    }),
    restCounts: () => readCounts(control, 'rest'),
    tcpCounts: () => readCounts(far.control, 'tcp'),
  }
}

/**
 * Quotas out of the way, for a day: a window that opens is one request in thousands, and a minute's would end
 * between two rounds of 400 users. Some of them may be less.
 */
export function wide(others: Record<string, unknown> = {}): string {
  const policies = ['anonymous', 'user', 'month', 'signin', 'signin-account', 'refresh', 'write']
  const limits = Object.fromEntries(
    policies.map((policy) => [policy, { limit: 1_000_000, window: '1d' }]),
  )
  return JSON.stringify({ ...limits, ...others })
}

async function startPart(
  name: string,
  environment: Record<string, string>,
): Promise<{ program: Program; told: unknown }> {
  const program = await startProgram(
    process.execPath,
    [`dist/${name}.js`],
    environment,
    /listens on .*\n/,
  )
  return { program, told: JSON.parse(/listens on (.*)\n/.exec(program.output())?.[1] ?? '{}') }
}

/** The demo data, a thousand films besides, and what the peers read where Usher has indexes. */
async function loadData(redisUrl: string, gatewayUrl: string): Promise<void> {
  const rest = connectForLoading({ url: gatewayUrl, token: TOKEN })
  await loadDemo(rest, { publicPassword: true })
  const rows = Array.from({ length: FILMS }, (_, index) => ({
    id: `Film ${String(index).padStart(4, '0')}`,
    director: `Person ${index % 50}`,
    year: 1_900 + (index % 120),
  }))
  await importRows({ redis: rest, collection: movies, rows, mode: 'add' })
  const redis = new Redis(redisUrl)
  const account = await redis.hgetall('user:me@home.org')
  for (const user of [VISITOR, reader(0)]) await redis.hset(`user:${user}`, account)
  const keys = await redis.keys('movie:*')
  await redis.zadd('peer:movies', ...keys.flatMap((key) => [0, key.slice('movie:'.length)]))
  redis.disconnect()
}

/** Users with a session each, as signing in opens it, without a comparison of their passwords. */
async function openSessions(
  environment: Record<string, string>,
  redisUrl: string,
  users: number,
): Promise<string[]> {
  const deps = createAppDeps(parseSettings(environment))
  const redis = new Redis(redisUrl)
  const account = await redis.hgetall('user:me@home.org')
  const tokens: string[] = []
  for (let index = 0; index < users; index++) {
    const userId = reader(index)
    await redis.hset(`user:${userId}`, account)
    await redis.hdel(`user:${userId}`, 'id')
    const sessionId = deps.randomId()
    const session = {
      sessionId,
      userId,
      accountId: undefined,
      freshId: deps.newAccountId(),
      refreshTokenTtlMs: deps.lifetimes.refreshTokenTtl * 1_000,
      sessionTtlMs: deps.lifetimes.sessionTtl * 1_000,
      userAgent: '',
      ip: '',
      cap: deps.sessionsPerUser,
      device: undefined,
      event: eventWords('signin.succeeded', { session: sessionId }),
    }
    const opened = await openSession(new Store(deps.databases, new Trips(deps.now)), session, {
      comparedHash: account['password'] ?? '',
      code: { compared: '', step: '', recovery: '' },
    })
    if (opened.status !== 'opened') throw new Error(`no session for ${userId}`)
    const holder = { accountId: opened.accountId, userId, sessionId }
    tokens.push((await grant(deps, 'Logged in', holder, opened.session)).JWT)
  }
  redis.disconnect()
  return tokens
}

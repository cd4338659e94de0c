import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { movies } from '../lib/collections/index.ts'
import { importRows } from '../seed/import.ts'
import { connectForLoading, loadDemo } from '../seed/load.ts'
import { type Program, startProgram, startRedis } from '../test/support/processes.ts'
import { type Counts, readCounts } from './counts.ts'
import { reader, VISITOR } from './jobs.ts'

const TOKEN = 'bench'
const FILMS = 1_000
export const MOST_USERS = 32

/** One Redis and one gateway for everybody, near and far. */
export interface BenchStore {
  redisVersion: string
  /** What a subject finds in its environment, so far from its store. */
  environment(delayMs: number): Record<string, string>
  /** Requests and commands that reached the gateway. */
  restCounts(): Promise<Counts>
  /** Writes and commands of TCP clients, counted on the long way alone. */
  tcpCounts(): Promise<Counts>
}

export async function startStore(
  delayMs: number,
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
  }
  return {
    redisVersion:
      /v=(\S+)/.exec(spawnSync('redis-server', ['--version']).stdout.toString())?.[1] ?? '',
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

/** Quotas out of the way: a million a minute, as the peers' are; some of them may be less. */
export function wide(others: Record<string, unknown> = {}): string {
  const policies = ['anonymous', 'user', 'signin', 'signin-account', 'refresh', 'write']
  const limits = Object.fromEntries(policies.map((policy) => [policy, 1_000_000]))
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
  const readers = Array.from({ length: MOST_USERS }, (_, index) => reader(index))
  for (const user of [VISITOR, ...readers]) await redis.hset(`user:${user}`, account)
  const keys = await redis.keys('movie:*')
  await redis.zadd('peer:movies', ...keys.flatMap((key) => [0, key.slice('movie:'.length)]))
  redis.disconnect()
}

import { randomBytes } from 'node:crypto'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import type { Redis } from '@upstash/redis'
import { type Engine, embeddedEngine, redisEngine } from '../../local/gateway/engine.ts'
import { type FaultProxy, startFaultProxy } from '../../local/gateway/fault-proxy.ts'
import { type Gateway, startGateway, type Trip } from '../../local/gateway/server.ts'
import { connectForLoading, loadDemo } from '../../seed/load.ts'
import type { DemoUser } from '../../seed/users.ts'
import { Api } from './api.ts'
import { MAIL_KEY, type Outbox, startOutbox } from './outbox.ts'
import { freePort, type Program, startProgram, startRedis } from './processes.ts'

export interface Options {
  host: 'start' | 'serve' | 'workerd'
  engine: 'redis' | 'embedded'
  /** More variables for the server. */
  environment: Record<string, string>
}

/** The store of a worker: its engine, the gateway and the proxy that can fail in front of it. */
export interface TestStore {
  gateway: Gateway
  proxy: FaultProxy
  /** Requests that reached the gateway, newest last. */
  trips: Trip[]
  /** Straight to the engine, past the gateway. */
  call: (...command: string[]) => Promise<unknown>
  redis: Redis
  users: DemoUser[]
}

/** Whether a trip is counting alone: it may belong to an answer of a moment ago. */
export function isCounting({ commands }: Trip): boolean {
  return commands.every((words) => words[3]?.startsWith('limit:') === true)
}

/** Whether an isolate tells or asks in its own time, of no request: metrics, and who is kept out. */
export function isHousekeeping({ commands }: Trip): boolean {
  return commands.every((words) => words[3] === 'metrics' || words[3] === 'blocks')
}

export const SECRET_TOKEN = randomBytes(48).toString('base64url')
export const SECRET_RTOKEN = randomBytes(48).toString('base64url')

/** Quotas out of the way of tests that are not about them. */
export const WIDE = JSON.stringify(
  Object.fromEntries(
    [
      'anonymous',
      'user',
      'signin',
      'signin-account',
      'refresh',
      'write',
      'mail',
      'mail-account',
      // A day, so that no window ends while a test counts trips.
    ].map((policy) => [policy, { limit: 1_000_000, window: '1d' }]),
  ),
)

/** What the servers of the tests log, a file for each. */
const SERVER_LOGS = join('test-results', 'logs', 'servers')

/** What stands in front of a host that does not know its peers' addresses. */
const PLATFORM: Partial<
  Record<Options['host'], { environment: Record<string, string>; headers: Record<string, string> }>
> = {
  workerd: {
    environment: { TRUSTED_PROXY: 'cloudflare' },
    headers: { 'CF-Connecting-IP': '127.0.0.1' },
  },
}

interface WorkerFixtures extends Options {
  store: TestStore
  outbox: Outbox
  server: Program & { origin: string }
}

export const test = base.extend<{ api: Api }, WorkerFixtures>({
  host: ['start', { scope: 'worker', option: true }],
  engine: ['redis', { scope: 'worker', option: true }],
  environment: [{}, { scope: 'worker', option: true }],

  store: [
    async ({ engine: kind }, use) => {
      const server = kind === 'redis' ? await startRedis() : undefined
      const engine: Engine = server === undefined ? await embeddedEngine() : redisEngine(server.url)
      const trips: TestStore['trips'] = []
      const token = randomBytes(24).toString('base64url')
      const gateway = await startGateway({ engine, token, onTrip: (trip) => trips.push(trip) })
      const proxy = await startFaultProxy(gateway.url)
      const redis = connectForLoading(gateway)
      const users = await loadDemo(redis, { publicPassword: true })
      const call = async (...command: string[]): Promise<unknown> =>
        plain(await engine.call(command.map((word) => Buffer.from(word))))
      await use({ gateway, proxy, trips, call, redis, users })
      await proxy.close()
      await gateway.close()
      await engine.close()
      await server?.stop()
    },
    { scope: 'worker' },
  ],

  outbox: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape
    async ({}, use) => {
      const outbox = await startOutbox()
      await use(outbox)
      await outbox.close()
    },
    { scope: 'worker' },
  ],

  server: [
    async ({ host, store, outbox, environment }, use, { project, workerIndex }) => {
      const port = await freePort()
      const origin = `http://127.0.0.1:${port}`
      const env = {
        NODE_ENV: 'production' as const,
        PATH: process.env['PATH'],
        PORT: String(port),
        APP_ORIGIN: origin,
        SECRET_TOKEN,
        SECRET_RTOKEN,
        UPSTASH_REDIS_REST_URL: store.proxy.url,
        UPSTASH_REDIS_REST_TOKEN: store.gateway.token,
        RATE_LIMITS: WIDE,
        MAIL_API_URL: outbox.url,
        MAIL_API_KEY: MAIL_KEY,
        MAIL_FROM: 'Usher <usher@example.com>',
        ...PLATFORM[host]?.environment,
        ...environment,
      }
      const args = ['local/run.mjs', host]
      const program = await startProgram(process.execPath, args, env, /Usher listens on/)
      mkdirSync(SERVER_LOGS, { recursive: true })
      const log = createWriteStream(join(SERVER_LOGS, `${project.name}-${workerIndex}.log`))
      program.process.stdout?.pipe(log, { end: false })
      program.process.stderr?.pipe(log, { end: false })
      await use({ ...program, origin })
      await program.stop()
    },
    { scope: 'worker' },
  ],

  api: async ({ server, store, host }, use) => {
    store.proxy.fault = 'none'
    await use(new Api(server.origin, PLATFORM[host]?.headers))
    store.proxy.fault = 'none'
    store.proxy.only = undefined
  },
})

export { expect } from './problem.ts'

function plain(reply: unknown): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString()
  return Array.isArray(reply) ? reply.map(plain) : reply
}

import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import type { Redis } from '@upstash/redis'
import { type FaultProxy, startFaultProxy } from '../../local/gateway/fault-proxy.ts'
import type { Gateway, Trip } from '../../local/gateway/server.ts'
import { connectForLoading, loadDemo } from '../../seed/load.ts'
import type { DemoUser } from '../../seed/users.ts'
import type { Api } from './api.ts'
import { mailVariables, type Outbox, startOutbox } from './outbox.ts'
import { startRespDoor } from './resp-door.ts'
import { type ServerApi, startApi } from './start-api.ts'
import { type EngineKind, startStore } from './store.ts'

export { SECRET_RTOKEN, SECRET_TOKEN } from './environment.ts'
export { expect } from './problem.ts'

export interface Options {
  host: 'start' | 'serve' | 'workerd'
  engine: EngineKind
  /** How the server reaches its store: over REST, or over Redis's own protocol. */
  transport: 'rest' | 'direct'
  /** More variables for the server. */
  environment: Record<string, string>
}

/** The store of a worker: its engine, the gateway, and what the server reaches it through. */
export interface TestStore {
  gateway: Gateway
  /** Stands before the store, and can fail. */
  proxy: FaultProxy
  /** What reached the store, newest last. */
  trips: Trip[]
  /** Straight to the engine, past the gateway. */
  call: (...command: string[]) => Promise<unknown>
  redis: Redis
  users: DemoUser[]
  /** Leaves the demo alone in it: a spec that counts on few keys begins with this, whoever was here before. */
  renew: () => Promise<void>
}

/** Whether a trip is counting alone: it may belong to an answer of a moment ago. */
export function isCounting({ commands }: Trip): boolean {
  return commands.every((words) => words[3]?.startsWith('limit:') === true)
}

/**
 * Whether an isolate tells or asks in its own time, of no request: metrics, who is kept out, and what it
 * has admitted.
 */
export function isHousekeeping({ commands }: Trip): boolean {
  return commands.every(
    ([, , , key = '']) => key === 'metrics' || key === 'blocks' || key.startsWith('limit:told:'),
  )
}

/** A packet of commands in parts: what nobody waits for may leave in one write with what somebody does. */
function inParts({ path, commands }: Trip): Trip[] {
  const trips = commands.map((command) => ({ path, commands: [command] }))
  const counting = trips.filter(isCounting)
  const housekeeping = trips.filter(isHousekeeping)
  const rest = trips.filter((trip) => !isCounting(trip) && !isHousekeeping(trip))
  return [counting, housekeeping, rest]
    .map((part) => ({ path, commands: part.flatMap((trip) => trip.commands) }))
    .filter((trip) => trip.commands.length > 0)
}

/** What the servers of the tests log, a file for each. */
const SERVER_LOGS = join('test-results', 'logs', 'servers')

interface WorkerFixtures extends Options {
  store: TestStore
  outbox: Outbox
  server: ServerApi
}

export const test = base.extend<{ api: Api }, WorkerFixtures>({
  host: ['start', { scope: 'worker', option: true }],
  engine: ['redis', { scope: 'worker', option: true }],
  transport: ['rest', { scope: 'worker', option: true }],
  environment: [{}, { scope: 'worker', option: true }],

  store: [
    async ({ engine: kind, transport }, use) => {
      const trips: TestStore['trips'] = []
      const { engine, gateway, command, stop } = await startStore(kind, (trip) => trips.push(trip))
      const proxy =
        transport === 'rest'
          ? await startFaultProxy(gateway.url)
          : await startRespDoor(engine, (trip) => trips.push(...inParts(trip)))
      const redis = connectForLoading(gateway)
      const users = await loadDemo(redis, { publicPassword: true })
      const call = async (...words: string[]): Promise<unknown> => plain(await command(...words))
      const renew = async () => {
        await call('FLUSHALL')
        users.splice(0, users.length, ...(await loadDemo(redis, { publicPassword: true })))
      }
      await use({ gateway, proxy, trips, call, redis, users, renew })
      await proxy.close()
      await stop()
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
    async ({ host, store, transport, outbox, environment }, use, { project, workerIndex }) => {
      const reached =
        transport === 'rest' ? { store: { url: store.proxy.url, token: store.gateway.token } } : {}
      const direct = transport === 'rest' ? {} : { REDIS_URL: store.proxy.url }
      const server = await startApi({
        host,
        ...reached,
        env: { ...direct, ...mailVariables(outbox), ...environment },
      })
      mkdirSync(SERVER_LOGS, { recursive: true })
      const log = createWriteStream(join(SERVER_LOGS, `${project.name}-${workerIndex}.log`))
      server.process.stdout?.pipe(log, { end: false })
      server.process.stderr?.pipe(log, { end: false })
      await use(server)
      await server.stop()
    },
    { scope: 'worker' },
  ],

  api: async ({ server, store }, use) => {
    store.proxy.fault = 'none'
    await use(server.api)
    store.proxy.fault = 'none'
    store.proxy.only = undefined
  },
})

function plain(reply: unknown): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString()
  return Array.isArray(reply) ? reply.map(plain) : reply
}

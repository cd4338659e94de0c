import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { movies } from '../../lib/collections/index.ts'
import { keys } from '../../lib/store/keys.ts'
import { importRows } from '../../seed/import.ts'
import { connectForLoading, loadDemo } from '../../seed/load.ts'
import { freePort, startProgram } from '../../test/support/processes.ts'
import { startPrimary, startReplica, TOKEN, type Undo } from './databases.ts'
import type { Line } from './line.ts'
import { type Gateway, startRegion } from './region.ts'

/** There and back between a region and the primary's; a change is under way for half of it. */
export const REGIONS = [
  { name: 'primary', primaryTripMs: 0 },
  { name: 'A', primaryTripMs: 80 },
  { name: 'B', primaryTripMs: 160 },
] as const

export interface Region {
  name: string
  /** Of the Usher that runs there. */
  address: string
  gateway: Gateway
  line: Line | undefined
  /** How long a change is under way while nothing is wrong. */
  usualLagMs: number
}

export interface World {
  regions: Region[]
  primary: Redis
  /** Errors `READONLY` that the replicas gave: writes that were sent there. */
  refusedWrites(): Promise<number>
}

/** Two one-way trips of the farthest region, and a busy machine. */
export const PATIENCE_MS = 300

/** Starts databases, gateways and an Usher in each region; what undoes it is added to `undo`. */
export async function startWorld(host: 'serve' | 'start', undo: Undo): Promise<World> {
  const primary = await startPrimary(undo)
  const loading = connectForLoading(primary.gateway)
  await loadDemo(loading, { publicPassword: true })
  const rows = Array.from({ length: 200 }, (_, index) => ({
    id: `Film ${String(index).padStart(3, '0')}`,
    director: `Person ${index % 20}`,
    year: 1_900 + (index % 120),
  }))
  await importRows({ redis: loading, collection: movies, rows, mode: 'add' })

  const ports = [await freePort(), await freePort(), await freePort()]
  const environment = {
    PATH: process.env['PATH'],
    // One origin for all: tokens of one region are good in the others.
    APP_ORIGIN: `http://127.0.0.1:${ports[0]}`,
    SECRET_TOKEN: randomBytes(48).toString('base64url'),
    SECRET_RTOKEN: randomBytes(48).toString('base64url'),
    TRUSTED_PROXY: 'proxy:1',
    UPSTASH_REDIS_REST_TOKEN: TOKEN,
    RATE_LIMITS: JSON.stringify(
      Object.fromEntries(
        ['anonymous', 'user', 'month', 'signin', 'signin-account', 'refresh', 'write'].map(
          (policy) => [policy, 1_000_000],
        ),
      ),
    ),
  }
  const replicas: Redis[] = []
  const regions: Region[] = []
  for (const [index, { name, primaryTripMs }] of REGIONS.entries()) {
    const usualLagMs = primaryTripMs / 2
    const replica = index === 0 ? undefined : await startReplica(primary, usualLagMs, undo)
    if (replica !== undefined) replicas.push(replica.redis)
    const options = { primary, replica, primaryTripMs, patienceMs: PATIENCE_MS }
    const gateway = await startRegion(options, undo)
    const port = String(ports[index])
    const server = await startProgram(
      process.execPath,
      ['local/run.mjs', host],
      { ...environment, PORT: port, UPSTASH_REDIS_REST_URL: gateway.url },
      /Usher listens on/,
    )
    undo.push(() => server.stop())
    const address = `http://127.0.0.1:${port}`
    regions.push({ name, address, gateway, line: replica?.line, usualLagMs })
  }
  return { regions, primary: primary.redis, refusedWrites: () => refusedBy(replicas) }
}

async function refusedBy(replicas: readonly Redis[]): Promise<number> {
  const found = await Promise.all(replicas.map((replica) => replica.info('errorstats')))
  const counts = found.map((text) => Number(/errorstat_READONLY:count=(\d+)/.exec(text)?.[1] ?? 0))
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Makes accounts of their own with the demo account's password. */
export async function makeAccounts(
  { primary }: World,
  prefix: string,
  count: number,
): Promise<string[]> {
  const demo = await primary.hgetall(keys.user('me@home.org'))
  const users = Array.from({ length: count }, (_, index) => `${prefix}${index}@world.example`)
  for (const user of users) await primary.hset(keys.user(user), demo)
  return users
}

/** Waits until no region's gateway has anything to do, and what was written is everywhere. */
export async function settle({ regions }: World): Promise<void> {
  let quietSince = performance.now()
  let seen = -1
  for (;;) {
    const calls = regions.reduce((sum, { gateway }) => sum + gateway.calls.length, 0)
    const busy = regions.some(({ gateway }) => gateway.inFlight > 0)
    if (busy || calls !== seen) quietSince = performance.now()
    seen = calls
    const lag = Math.max(...regions.map(({ line }) => line?.lagMs ?? 0))
    if (performance.now() - quietSince > lag + 150) return
    await sleep(20)
  }
}

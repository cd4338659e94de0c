import { expect } from '@playwright/test'
import { Redis } from 'ioredis'
import { redisEngine } from '../../local/gateway/engine.ts'
import { startGateway } from '../../local/gateway/server.ts'
import { connectForLoading, loadDemo } from '../../seed/load.ts'
import { sessionOf } from './accounts.ts'
import { Api } from './api.ts'
import { type Balancer, startBalancer } from './balancer.ts'
import { freePort, startRedis } from './processes.ts'
import { type Host, type ServerApi, startApi } from './start-api.ts'

/** Requests that a server must have answered before the next one is restarted. */
const BETWEEN = 20
const CLIENTS = 3

/** What clients saw, and what the store has. */
export interface Rolled {
  requests: number
  lost: string[]
  /** Answers that were no success. */
  refused: string[]
  /** Of items and refreshes: what was answered, and what was done. */
  created: { answered: number; done: number }
  refreshed: { answered: number; done: number }
  /** What the metrics have of the items that were created. */
  counted: number
  exitCodes: (number | null)[]
}

/**
 * Restarts two servers on one Redis, one after the other and as often as asked, while clients read, create
 * and refresh through a balancer.
 */
export async function rollOn(host: Host, rounds: number): Promise<Rolled> {
  const redis = await startRedis()
  const client = new Redis(redis.url)
  const gateway = await startGateway({ engine: await redisEngine(redis.url), token: 'token' })
  await loadDemo(connectForLoading(gateway), { publicPassword: true })
  const ports = [await freePort(), await freePort()]
  const balancer = await startBalancer(ports.map((port) => `http://127.0.0.1:${port}`))
  const start = (port: number): Promise<ServerApi> =>
    startApi({
      host,
      port,
      env: { REDIS_URL: redis.url, APP_ORIGIN: balancer.origin, SHUTDOWN_DELAY: '3' },
    })
  const servers = await Promise.all(ports.map(start))
  const load = startLoad(balancer)
  const exitCodes: (number | null)[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [index, port] of ports.entries()) {
        exitCodes.push((await servers[index]?.stop()) ?? null)
        servers[index] = await start(port)
        const before = balancer.answered[index] ?? 0
        await expect
          .poll(() => balancer.answered[index], { timeout: 60_000 })
          .toBeGreaterThanOrEqual(before + BETWEEN)
      }
    }
    const seen = await load.stop()
    exitCodes.push(...(await Promise.all(servers.map((server) => server.stop()))))
    const sessions = await Promise.all(
      seen.sessions.map((session) => client.hget(`session:${session}`, 'seq')),
    )
    return {
      ...seen,
      lost: balancer.lost,
      created: { answered: seen.created, done: (await client.keys('review:*')).length },
      refreshed: {
        answered: seen.refreshed,
        // A session begins with 1.
        done: sessions.reduce((sum, seq) => sum + Number(seq) - 1, 0),
      },
      counted: Number(await client.hget('metrics', 'requests|POST /api/reviews|201')),
      exitCodes,
    }
  } finally {
    balancer.close()
    for (const server of servers) server.process.kill('SIGKILL')
    client.disconnect()
    await gateway.close()
    await gateway.engine.close()
    await redis.stop()
  }
}

interface Load {
  stop(): Promise<{
    requests: number
    refused: string[]
    created: number
    refreshed: number
    sessions: string[]
  }>
}

/** Clients that ask one request after the other, each with a session of its own. */
function startLoad({ origin }: Balancer): Load {
  const api = new Api(origin)
  const seen = { requests: 0, refused: [] as string[], created: 0, refreshed: 0 }
  let stopped = false
  const client = async (number: number): Promise<string> => {
    let { JWT, refresh } = await api.signIn()
    const session = sessionOf(JWT)
    for (let turn = 0; !stopped; turn++) {
      const review = { movie: 'Pulp Fiction', rating: 5, text: `${number} ${turn}` }
      const answers = {
        read: await api.get('/api/movies/Pulp%20Fiction', JWT),
        created: await api.post('/api/reviews', review, JWT),
        refreshed: await api.post('/api/auth/refresh', { refresh }),
      }
      for (const [what, { status, text }] of Object.entries(answers)) {
        seen.requests++
        if (status !== (what === 'created' ? 201 : 200)) {
          seen.refused.push(`${what} ${status} ${text}`)
        }
      }
      if (answers.created.status === 201) seen.created++
      if (answers.refreshed.status === 200) {
        seen.refreshed++
        ;({ JWT, refresh } = answers.refreshed.body)
      }
    }
    return session
  }
  const clients = Array.from({ length: CLIENTS }, (_, number) => client(number))
  return {
    stop: async () => {
      stopped = true
      return { sessions: await Promise.all(clients), ...seen }
    },
  }
}

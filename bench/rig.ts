import { randomBytes } from 'node:crypto'
import { redisEngine } from '../local/gateway/engine.ts'
import { type FaultProxy, startFaultProxy } from '../local/gateway/fault-proxy.ts'
import { startGateway } from '../local/gateway/server.ts'
import { connectForLoading, loadDemo } from '../seed/load.ts'
import { freePort, type Program, startProgram, startRedis } from '../test/support/processes.ts'
import { startRespDoor } from '../test/support/resp-door.ts'

/** `direct` is `serve` with `REDIS_URL`; the others reach the store over REST. */
export const RIG_HOSTS = ['start', 'serve', 'direct', 'workerd'] as const
export type RigHost = (typeof RIG_HOSTS)[number]

/** A server in front of a real Redis, and of what can fail between them: our gateway's proxy, or a door. */
export interface Rig {
  origin: string
  /** The one that runs now. */
  server: Program
  proxy: FaultProxy
  redisUrl: string
  /** Ends the server as an operator does, and starts another in its place. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** @param settings Variables of the server, besides those of the rig. */
export async function startRig(
  host: RigHost,
  settings: Readonly<Record<string, string>> = {},
): Promise<Rig> {
  const redis = await startRedis()
  const engine = await redisEngine(redis.url)
  const gateway = await startGateway({ engine, token: 'bench' })
  const isDirect = host === 'direct'
  const proxy = await (isDirect ? startRespDoor(engine) : startFaultProxy(gateway.url))
  await loadDemo(connectForLoading(gateway), { publicPassword: true })
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const wide = ['anonymous', 'user', 'month', 'signin', 'signin-account', 'refresh', 'write']
  const environment = {
    PATH: process.env['PATH'],
    PORT: String(port),
    APP_ORIGIN: origin,
    SECRET_TOKEN: randomBytes(48).toString('base64url'),
    SECRET_RTOKEN: randomBytes(48).toString('base64url'),
    ...(isDirect
      ? { REDIS_URL: proxy.url }
      : { UPSTASH_REDIS_REST_URL: proxy.url, UPSTASH_REDIS_REST_TOKEN: 'bench' }),
    RATE_LIMITS: JSON.stringify(Object.fromEntries(wide.map((policy) => [policy, 1_000_000]))),
    ...settings,
  }
  const args = ['local/run.mjs', isDirect ? 'serve' : host]
  const begin = (): Promise<Program> =>
    startProgram(process.execPath, args, environment, /Usher listens on/)
  const rig: Rig = {
    origin,
    server: await begin(),
    proxy,
    redisUrl: redis.url,
    restart: async () => {
      await rig.server.stop()
      rig.server = await begin()
    },
    stop: async () => {
      await rig.server.stop()
      await proxy.close()
      await gateway.close()
      await engine.close()
      await redis.stop()
    },
  }
  return rig
}

export async function signIn(
  origin: string,
  user = 'me@home.org',
): Promise<{ JWT: string; refresh: string }> {
  const response = await fetch(`${origin}/api/auth/signin`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user, password: 'password' }),
  })
  return response.json()
}

/** The value below which a share of the samples lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

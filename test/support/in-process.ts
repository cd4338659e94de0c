import { randomBytes } from 'node:crypto'
import { hashSync } from 'bcryptjs'
import { createApp } from '../../lib/app.ts'
import { createPasswords } from '../../lib/auth/passwords/password.ts'
import { contract, type Operation, type OperationId } from '../../lib/contract/operations.ts'
import { type AppDeps, createAppDeps } from '../../lib/deps/app.ts'
import { POLICIES } from '../../lib/rate-limit/policies.ts'
import { parseSettings } from '../../lib/settings/settings.ts'
import type { Settings } from '../../lib/settings/types.ts'
import { type Engine, redisEngine } from '../../local/gateway/engine.ts'
import { type Gateway, startGateway, type Trip } from '../../local/gateway/server.ts'
import { startRedis } from './processes.ts'

export const ORIGIN = 'https://api.example.com'

/** A request that every operation takes: where its strings go. */
export interface Sample {
  params?: Record<string, string>
  query?: Record<string, string>
  body?: Record<string, unknown>
}

/** The whole API in this process, on a Redis of its own. */
export interface InProcess {
  ask(path: string, init?: RequestInit): Promise<Response>
  /** Sends a sample of an operation. */
  send(id: OperationId, sample: Sample, headers?: Record<string, string>): Promise<Response>
  command(...words: string[]): Promise<unknown>
  /** Makes an account with the password `password`. */
  account(user: string, level?: number): Promise<void>
  /** Waits for what goes on behind the answers. */
  settled(): Promise<void>
  /** What the server wrote to its log. */
  logged: string[]
  /** Requests that reached the store, newest last. */
  trips: Trip[]
  close(): Promise<void>
}

/** A bcrypt that is quick, and does not pause. */
export const QUICK_PASSWORDS = createPasswords(async () => undefined, Date.now, {
  cost: 4,
  breathMs: 0,
})

/**
 * Starts it with quotas out of the way and a quick bcrypt: texts and credentials are tested here.
 *
 * @param parts Other parts than those of the settings.
 */
export async function startInProcess(
  passwords = QUICK_PASSWORDS,
  parts: (settings: Settings) => Partial<AppDeps> = () => ({}),
): Promise<InProcess> {
  const program = await startRedis()
  const engine: Engine = redisEngine(program.url)
  const trips: Trip[] = []
  const onTrip = (trip: Trip): void => void trips.push(trip)
  const gateway: Gateway = await startGateway({ engine, token: 'token', onTrip })
  const command = (...words: string[]): Promise<unknown> =>
    engine.call(words.map((word) => Buffer.from(word)))
  const settings = parseSettings({
    SECRET_TOKEN: randomBytes(48).toString('base64url'),
    SECRET_RTOKEN: randomBytes(48).toString('base64url'),
    APP_ORIGIN: ORIGIN,
    UPSTASH_REDIS_REST_URL: gateway.url,
    UPSTASH_REDIS_REST_TOKEN: gateway.token,
    // Nothing listens there: mails go out behind the answers, and are lost.
    MAIL_API_URL: 'http://127.0.0.1:9/mails',
    MAIL_API_KEY: 'key',
    MAIL_FROM: 'usher@example.com',
    RATE_LIMITS: JSON.stringify(
      Object.fromEntries(
        // A day, so that no window ends while a test counts trips.
        Object.keys(POLICIES).map((policy) => [policy, { limit: 1_000_000, window: '1d' }]),
      ),
    ),
  })
  const deps = {
    ...createAppDeps(settings),
    passwords: {
      ...passwords,
      // The dummy has another cost, and would cost 100 ms each time.
      matches: async (password: string, hash: string | undefined, holder?: string) => {
        const found = await passwords.matches(password, hash ?? QUICK_HASH, holder)
        return found.ok && hash === undefined ? { ok: true as const, value: false } : found
      },
    },
    ...parts(settings),
  }
  const app = createApp(() => deps)
  const logged: string[] = []
  const write = console.log
  console.log = (line: string) => void logged.push(line)
  const behind = new Set<Promise<unknown>>()
  const later = (work: Promise<unknown>): void => {
    const settling = work.catch(() => undefined).finally(() => behind.delete(settling))
    behind.add(settling)
  }
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    app(new Request(`${ORIGIN}${path}`, init), later)
  return {
    ask,
    command,
    settled: async () => {
      while (behind.size > 0) await Promise.all(behind)
    },
    logged,
    trips,
    send: (id, sample, headers = {}) => {
      const row: Operation = contract[id]
      const path = row.path.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent((sample.params?.[name] ?? '').toWellFormed()),
      )
      const query = new URLSearchParams(sample.query).toString()
      const url = `${path}${query && `?${query}`}`
      if (sample.body === undefined) return ask(url, { method: row.method, headers })
      return ask(url, {
        method: row.method,
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(sample.body),
      })
    },
    account: async (user, level = 0) => {
      const fields = ['password', QUICK_HASH, 'level', String(level)]
      await command('HSET', `user:${user}`, ...fields)
    },
    close: async () => {
      console.log = write
      await gateway.close()
      await engine.close()
      await program.stop()
    },
  }
}

const QUICK_HASH = hashSync('password', 4)

import { randomBytes } from 'node:crypto'
import { hashSync } from 'bcryptjs'
import { createApp } from '../../lib/app.ts'
import { createPasswords } from '../../lib/auth/passwords/password.ts'
import { createAppDeps } from '../../lib/deps/app.ts'
import type { Mail } from '../../lib/mail.ts'
import { POLICIES, type PolicyName } from '../../lib/rate-limit/policies.ts'
import { parseSettings } from '../../lib/settings/settings.ts'
import { redisEngine } from '../../local/gateway/engine.ts'
import { startGateway } from '../../local/gateway/server.ts'
import { startRedis } from './processes.ts'

export const ORIGIN = 'https://api.example.com'
export const PASSWORD = 'a long enough one'

/** The whole API in this process, on a store of its own; what it logs is dropped. */
export interface AppRig {
  ask(path: string, init?: RequestInit): Promise<Response>
  /** Makes an account, or makes it anew. @returns An access token of it. */
  enter(user: string, level: number): Promise<string>
  /** Straight to the store. */
  command(...words: string[]): Promise<unknown>
  /** The mails that went out, newest last. */
  mails: Mail[]
  /** Waits for what goes on behind the answers. */
  settle(): Promise<void>
  close(): Promise<void>
}

/**
 * @param limit Of every quota, in requests a day.
 * @param own Of some quotas, instead.
 * @param environment Other settings.
 */
export async function startApp(
  limit = 1_000_000,
  own: Partial<Record<PolicyName, number>> = {},
  environment: Record<string, string> = {},
): Promise<AppRig> {
  const write = console.log
  console.log = () => undefined
  const program = await startRedis()
  const engine = redisEngine(program.url)
  const gateway = await startGateway({ engine, token: 'token' })
  const limits = Object.fromEntries(Object.keys(POLICIES).map((policy) => [policy, limit]))
  const quotas = Object.entries({ ...limits, ...own }).map(([policy, most]) => [
    policy,
    { limit: most, window: '1d' },
  ])
  const settings = parseSettings({
    SECRET_TOKEN: randomBytes(48).toString('base64url'),
    SECRET_RTOKEN: randomBytes(48).toString('base64url'),
    APP_ORIGIN: ORIGIN,
    UPSTASH_REDIS_REST_URL: gateway.url,
    UPSTASH_REDIS_REST_TOKEN: gateway.token,
    RATE_LIMITS: JSON.stringify(Object.fromEntries(quotas)),
    ...environment,
  })
  const mails: Mail[] = []
  const background: Promise<unknown>[] = []
  // bcrypt's time is no part of what is tested here.
  const quick = createPasswords(async () => undefined, Date.now, { cost: 4, breathMs: 0 })
  const matches: typeof quick.matches = async (password, hash) =>
    hash === undefined ? { ok: true, value: false } : quick.matches(password, hash)
  const deps = {
    ...createAppDeps(settings),
    passwords: { ...quick, matches },
    mailer: { isConfigured: true, send: async (mail: Mail) => void mails.push(mail) },
  }
  const app = createApp(() => deps)
  const command = (...words: string[]): Promise<unknown> =>
    engine.call(words.map((word) => Buffer.from(word)))
  const ask: AppRig['ask'] = (path, init) =>
    app(new Request(`${ORIGIN}${path}`, init), (work) => void background.push(work))
  return {
    ask,
    command,
    mails,
    settle: async () => {
      while (background.length > 0) await Promise.allSettled(background.splice(0))
    },
    enter: async (user, level) => {
      const hash = hashSync(PASSWORD, 4)
      await command('DEL', `user:${user}`)
      await command('HSET', `user:${user}`, 'password', hash, 'level', String(level))
      const answer = await ask('/api/auth/signin', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ user, password: PASSWORD }),
      })
      const text = await answer.text()
      if (answer.status !== 200) throw new Error(`signin answered ${answer.status}: ${text}`)
      return JSON.parse(text).JWT
    },
    close: async () => {
      await Promise.allSettled(background)
      await gateway.close()
      await engine.close()
      await program.stop()
      console.log = write
    },
  }
}

import { hashSync } from 'bcryptjs'
import { createApp } from '../../lib/app.ts'
import { createPasswords, type Passwords } from '../../lib/auth/passwords/password.ts'
import { contract, type Operation, type OperationId } from '../../lib/contract/operations.ts'
import { type AppDeps, createAppDeps } from '../../lib/deps/app.ts'
import { parseSettings } from '../../lib/settings/settings.ts'
import type { Settings, Variables } from '../../lib/settings/types.ts'
import type { Trip } from '../../local/gateway/server.ts'
import { reachEngine } from '../../local/transports/engine.ts'
import { Api } from './api.ts'
import { environmentOf, type Limits, NO_STORE, ORIGIN, type StoreAddress } from './environment.ts'
import { type EngineKind, startStore } from './store.ts'

export { ORIGIN } from './environment.ts'

/** A request that every operation takes: where its strings go. */
export interface Sample {
  params?: Record<string, string>
  query?: Record<string, string>
  body?: Record<string, unknown>
}

export interface InProcessOptions {
  host: 'in-process'
  /** Of a store of its own; a real Redis, if not said. */
  engine?: EngineKind
  /** One that is there, or {@link NO_STORE}, in the place of its own. */
  store?: StoreAddress
  /** How it reaches a store of its own: `rest`, if not said; `direct` is quicker, and counts no trips. */
  transport?: 'rest' | 'direct'
  /** Those that are not named are out of the way. */
  limits?: Limits
  /** More variables, or others. */
  env?: Variables
  origin?: string
  now?: () => number
  /** Others in the place of these: passwords are {@link QUICK_PASSWORDS}, if not said. */
  deps?: Partial<AppDeps> | ((settings: Settings) => Partial<AppDeps>)
}

/** The whole API in this process. */
export interface InProcess {
  answer(request: Request): Promise<Response>
  ask(path: string, init?: RequestInit): Promise<Response>
  /** The same, as a client calls a server. */
  api: Api
  /** Sends a sample of an operation. */
  send(id: OperationId, sample: Sample, headers?: Record<string, string>): Promise<Response>
  /** Where its store is. */
  store: StoreAddress
  /** Straight to its own store. */
  command(...words: string[]): Promise<unknown>
  /** Makes an account, or makes it anew; its password is `password`, if not said. */
  account(user: string, level?: number, password?: string): Promise<void>
  /** Waits for what goes on behind the answers. */
  settled(): Promise<void>
  /** What the server wrote to its log. */
  logged: string[]
  /** Requests that reached its own store, the newest last. */
  trips: Trip[]
  stop(): Promise<void>
}

/** Of `password`. */
export const QUICK_HASH = hashSync('password', 4)

/** A bcrypt that is quick, and does not pause: its time is no part of most tests. */
const quick = createPasswords(async () => undefined, Date.now, { cost: 4, breathMs: 0 })

/** The dummy of unknown accounts has another cost, and would take 100 ms each time. */
export const QUICK_PASSWORDS: Passwords = {
  ...quick,
  matches: async (password, hash, holder) => {
    const found = await quick.matches(password, hash ?? QUICK_HASH, holder)
    return found.ok && hash === undefined ? { ok: true, value: false } : found
  },
}

/** Compares nothing where there is no account. */
export const NO_DUMMY_PASSWORDS: Passwords = {
  ...quick,
  matches: async (password, hash, holder) =>
    hash === undefined ? { ok: true, value: false } : quick.matches(password, hash, holder),
}

/** Starts the API as one function. Until it stops, what is logged is kept and not shown. */
export async function startInProcess(options: InProcessOptions): Promise<InProcess> {
  const { engine = 'redis', limits, env, origin = ORIGIN, now = Date.now } = options
  const trips: Trip[] = []
  const own =
    options.store === undefined ? await startStore(engine, (trip) => trips.push(trip)) : undefined
  const logged: string[] = []
  const write = console.log
  console.log = (line: string) => void logged.push(line)
  const parsed = parseSettings(
    environmentOf({
      origin,
      store: options.store ?? own,
      // Tests in one process send more requests than a key may in a minute.
      limits: { key: 1_000_000, ...limits },
      env: {
        // Nothing listens there: mails go out behind the answers, and are lost.
        MAIL_API_URL: 'http://127.0.0.1:9/mails',
        MAIL_API_KEY: 'key',
        MAIL_FROM: 'usher@example.com',
        ...env,
      },
    }),
  )
  const reached =
    options.transport === 'direct' && own !== undefined ? reachEngine(own.engine).reached : {}
  const settings = { ...parsed, data: { ...parsed.data, ...reached } }
  const deps: AppDeps = {
    ...createAppDeps(settings, now),
    passwords: QUICK_PASSWORDS,
    ...(typeof options.deps === 'function' ? options.deps(settings) : options.deps),
  }
  const app = createApp(() => deps)
  const behind = new Set<Promise<unknown>>()
  const later = (work: Promise<unknown>): void => {
    const settling = work.catch(() => undefined).finally(() => behind.delete(settling))
    behind.add(settling)
  }
  const settled = async (): Promise<void> => {
    while (behind.size > 0) await Promise.all(behind)
  }
  const command = (...words: string[]): Promise<unknown> => {
    if (own === undefined) throw new TypeError('it has no store of its own')
    return own.command(...words)
  }
  const answer = (request: Request): Promise<Response> => app(request, later)
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    answer(new Request(`${origin}${path}`, init))
  return {
    store: options.store ?? own ?? NO_STORE,
    answer,
    ask,
    api: new Api(origin, {}, (url, init) => answer(new Request(url, init))),
    command,
    settled,
    logged,
    trips,
    send: (id, sample, headers = {}) => ask(...requestOf(contract[id], sample, headers)),
    account: async (user, level = 0, password = 'password') => {
      await command('DEL', `user:${user}`)
      const hash = hashSync(password, 4)
      await command('HSET', `user:${user}`, 'password', hash, 'level', String(level))
    },
    stop: async () => {
      await settled()
      console.log = write
      await own?.stop()
    },
  }
}

/** Where a sample goes, and as what. */
function requestOf(
  { method, path: template }: Operation,
  { params, query, body }: Sample,
  headers: Record<string, string>,
): [path: string, init: RequestInit] {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((params?.[name] ?? '').toWellFormed()),
  )
  const search = new URLSearchParams(query).toString()
  const url = `${path}${search && `?${search}`}`
  if (body === undefined) return [url, { method, headers }]
  const typed = { 'Content-Type': 'application/json', ...headers }
  return [url, { method, headers: typed, body: JSON.stringify(body) }]
}

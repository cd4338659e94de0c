import type { Variables } from '../../lib/settings/types.ts'
import { Api } from './api.ts'
import { environmentOf, type Limits, type StoreAddress } from './environment.ts'
import { type InProcess, type InProcessOptions, startInProcess } from './in-process.ts'
import { freePort, type Place, type Program, startProgram } from './processes.ts'
import { type EngineKind, startStore } from './store.ts'

/** What `npm run` starts. */
export type Host = 'start' | 'serve' | 'workerd' | 'next-workerd'

/** Its store is one of these, or what `env` names. */
export interface ServerOptions {
  host: Host
  /** Of a store of its own. */
  engine?: EngineKind
  /** One that is there. */
  store?: StoreAddress
  /** Those that are not named are out of the way. */
  limits?: Limits
  /** More variables, or others; undefined takes one away. */
  env?: Variables
  /** The port that an earlier one has left. */
  port?: number
  place?: Place
}

/** A server in a process of its own; it is stopped with its store, and tells its exit code. */
export interface ServerApi extends Program {
  origin: string
  api: Api
}

/** What stands in front of a host that does not know its peers' addresses. */
const PLATFORM: Partial<Record<Host, { env: Variables; headers: Record<string, string> }>> = {
  workerd: {
    env: { TRUSTED_PROXY: 'cloudflare' },
    headers: { 'CF-Connecting-IP': '127.0.0.1' },
  },
}

const READY = /Usher listens on/

/**
 * Starts the API: in this process as a function, or as a server that has said that it listens. All of
 * them have the same secrets, quotas that are out of the way, and are told of everything else by `env`.
 */
export function startApi(options: InProcessOptions): Promise<InProcess>
export function startApi(options: ServerOptions): Promise<ServerApi>
export function startApi(
  options: InProcessOptions | ServerOptions,
): Promise<InProcess | ServerApi> {
  return options.host === 'in-process' ? startInProcess(options) : startServer(options)
}

async function startServer(options: ServerOptions): Promise<ServerApi> {
  const { host, engine, store, limits, place, port = await freePort() } = options
  const own = engine === undefined ? undefined : await startStore(engine)
  const platform = PLATFORM[host]
  const env = { ...platform?.env, ...options.env }
  const variables = serverEnvironment({ port, store: own ?? store, limits, env })
  const args = ['local/run.mjs', host]
  const program = await startProgram(process.execPath, args, variables, READY, place)
  const origin = `http://127.0.0.1:${port}`
  return {
    ...program,
    origin,
    api: new Api(origin, platform?.headers),
    stop: async () => {
      const code = await program.stop()
      await own?.stop()
      return code
    },
  }
}

interface Listening {
  port: number
  store?: StoreAddress | undefined
  limits?: Limits | undefined
  env?: Variables | undefined
}

/** The environment of a server that a test starts in another way. */
export function serverEnvironment({ port, store, limits, env }: Listening): Variables {
  const origin = `http://127.0.0.1:${port}`
  return {
    PATH: process.env['PATH'],
    PORT: String(port),
    ...environmentOf({ origin, store, limits, env }),
  }
}

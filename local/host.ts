import { createServer, type IncomingMessage, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createApp } from '../lib/app.ts'
import { type AppDeps, createAppDeps } from '../lib/deps/app.ts'
import { onPlatform } from '../lib/platform.ts'
import { parseSettings } from '../lib/settings/settings.ts'
import { checkEnvironment, checkPort, listen } from './checks.ts'
import { HashingPlaces } from './hashing-places.ts'
import { createHashingPool } from './hashing-pool.ts'
import { sayWhatIsToBuild } from './index-states.ts'
import { gatherLog } from './log-lines.ts'
import { NODE, quickRequest } from './quick-web.ts'
import { createUsherServer, type Host, makeUpPeerHeader, replay, send } from './server.ts'
import { closeStore, type OpenedStore, openStore, StoreClosed } from './store.ts'
import { registerTelemetry } from './telemetry.ts'
import { type OwnStore, openOwnStore } from './transports/reach.ts'
import type { Workerd, WorkerdOptions } from './workerd.ts'

export type HostKind = 'next' | 'next-dev' | 'app'

export interface Running {
  address: string
  gateway: OpenedStore | undefined
}

/**
 * Checks the environment, opens the store, serves, and stops on a signal.
 *
 * @param prepare Called when the store is open and before the first request is taken: seeding.
 * @param fresh Whether the embedded store begins anew.
 */
export async function run(
  kind: HostKind,
  prepare?: (gateway: OpenedStore | undefined) => Promise<void>,
  fresh = false,
): Promise<Running> {
  const peerHeader = makeUpPeerHeader(process.env)
  const { port, host, settings, shutdownDelay } = await checkEnvironment()
  await checkPort(port, host)
  if (kind === 'app') gatherLog()
  const own = kind === 'app' ? await orEnd(openOwnStore(process.env, { fresh })) : undefined
  const gateway = own === undefined ? await orEnd(openStore(process.env, { fresh })) : own.gateway
  await prepare?.(gateway)
  void sayWhatIsToBuild(own?.settings.data ?? parseSettings(process.env).data)
  const { host: serve, settle, threads } = own === undefined ? await nextHost(kind) : appHost(own)
  const leaving = new AbortController()
  const server = createUsherServer(
    serve,
    peerHeader,
    settings,
    leaving.signal,
    new HashingPlaces(threads),
  )
  await listen(server, port, host)
  const close = own?.close ?? (() => closeStore(gateway))
  stopOnSignal({ server, leaving, shutdownDelay, close, settle })

  const bound = server.address()
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port
  return { address: addressOf(host, actual), gateway }
}

/**
 * The same with `workerd` for a host, which takes the requests itself: this process keeps the store,
 * and ends with it.
 */
export async function runWorkerd(
  start: (options: Omit<WorkerdOptions, 'module'>) => Promise<Workerd>,
): Promise<Running> {
  const { port, host, variables } = await checkEnvironment()
  await checkPort(port, host)
  const gateway = await orEnd(openStore(process.env))
  void sayWhatIsToBuild(parseSettings(process.env).data)
  const workerd = await start({ variables, host, port })
  for (const signal of STOPPING) process.on(signal, () => workerd.process.kill(signal))
  workerd.process.once('exit', async (code, signal) => {
    const closed = await closeOrSay(() => closeStore(gateway))
    process.exit(signal === null ? (code ?? 1) : closed)
  })
  return { address: addressOf(host, workerd.port), gateway }
}

/** Waits for the store; where it cannot be used, says why and ends the process. */
async function orEnd<store>(opening: Promise<store>): Promise<store> {
  try {
    return await opening
  } catch (error) {
    if (!(error instanceof StoreClosed)) throw error
    console.error(`Usher does not start: ${error.message}`)
    process.exit(1)
  }
}

/** @returns The exit code: 1 when what the store has could not be written. */
async function closeOrSay(close: () => Promise<void>): Promise<number> {
  try {
    await close()
    return 0
  } catch (error) {
    console.error(`The store was not closed: ${error instanceof Error ? error.message : error}`)
    return 1
  }
}

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function addressOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** A host, and how to wait for what goes on after its answers. */
interface HostProcess {
  host: Host
  /** How many hash passwords at the same time, where that is not the thread that takes requests. */
  threads?: number
  settle: () => Promise<unknown>
}

async function nextHost(kind: HostKind): Promise<HostProcess> {
  // All configuration comes from the environment: Next is told that its .env files are read.
  if (kind === 'next') process.env['__NEXT_PROCESSED_ENV'] = 'true'
  process.env['NEXT_TELEMETRY_DISABLED'] ??= '1'
  if (kind === 'next') Object.assign(process.env, { NODE_ENV: 'production' })
  const sendSpans = await registerTelemetry(process.env)
  const { default: next } = await import('next')
  // Next listens for `upgrade` on the server it is given. It gets one that never listens, so that
  // ours ignores the header (RFC 9110 §7.8) and every request takes the one way.
  const httpServer = kind === 'next' ? { httpServer: createServer() } : {}
  const app = next({ dev: kind === 'next-dev', dir: process.cwd(), ...httpServer })
  await app.prepare()
  const handle = app.getRequestHandler()
  return {
    host: (request, response, body) => {
      handle(replay(request, body), response).catch(() => response.destroy())
    },
    settle: async () => {
      await app.close()
      await sendSpans()
    },
  }
}

function appHost({ settings }: OwnStore): HostProcess {
  // Beside the program that this is a part of.
  const hashing = createHashingPool(fileURLToPath(new URL('hashing-thread.js', import.meta.url)))
  onPlatform(NODE)
  const deps: AppDeps = { ...createAppDeps(settings), passwords: hashing.passwords }
  const app = createApp(() => deps)
  const pending = new Set<Promise<unknown>>()
  const waitUntil = (work: Promise<unknown>): void => {
    const settled = work.catch(() => undefined).finally(() => pending.delete(settled))
    pending.add(settled)
  }
  const host: Host = (request, response, body) => {
    const method = request.method ?? 'GET'
    const hasBody = method !== 'GET' && method !== 'HEAD' && body.length > 0
    // Not resolved against a base: `//host/path` is a path here, not another host.
    const url = `http://localhost${request.url ?? '/'}`
    const web = hasBody
      ? new Request(url, { method, headers: pairsOf(request), body: new Uint8Array(body) })
      : quickRequest(url, method, request.headers)
    app(web, waitUntil)
      .then((answer) => send(response, answer))
      .catch(() => response.destroy())
  }
  return {
    host,
    threads: hashing.threads,
    settle: async () => {
      await Promise.all(pending)
      await hashing.close()
    },
  }
}

/** An object of headers would be checked and copied once more. */
function pairsOf({ headers }: IncomingMessage): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((item): [string, string] => [name, item]),
  )
}

interface Stopping {
  server: Server
  /** Aborted when the first signal comes. */
  leaving: AbortController
  /** In seconds, after that signal. */
  shutdownDelay: number
  close: () => Promise<void>
  settle: () => Promise<unknown>
}

/**
 * At a signal readiness says no, so that a load balancer sends its requests elsewhere; the server goes
 * on for as long as that takes. Then it takes no more, lets the running ones end, and leaves nothing
 * behind. A second signal ends the process at once.
 */
function stopOnSignal({ server, leaving, shutdownDelay, close, settle }: Stopping): void {
  const stop = (): void => {
    setTimeout(() => process.exit(0), 5_000).unref()
    // A connection that is kept alive becomes idle with its last answer.
    setInterval(() => server.closeIdleConnections(), 50).unref()
    server.close(async () => {
      // Mails, events and spans that were promised; what takes longer than the limit above is given up.
      await settle().catch(() => undefined)
      process.exit(await closeOrSay(close))
    })
    server.closeIdleConnections()
  }
  for (const signal of STOPPING) {
    process.on(signal, () => {
      if (leaving.signal.aborted) process.exit(1)
      leaving.abort()
      if (shutdownDelay === 0) stop()
      else setTimeout(stop, shutdownDelay * 1_000)
    })
  }
}

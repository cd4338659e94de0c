import type { IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createApp } from '../lib/app.ts'
import { type AppDeps, createAppDeps } from '../lib/deps/app.ts'
import { isApiPath } from '../lib/http/gate.ts'
import { pageHeaders } from '../lib/http/pages/page.ts'
import { onPlatform } from '../lib/platform.ts'
import { parseSettings } from '../lib/settings/settings.ts'
import type { Settings } from '../lib/settings/types.ts'
import { checkEnvironment, checkPort, listen } from './checks.ts'
import { HashingPlaces } from './hashing-places.ts'
import { createHashingPool } from './hashing-pool.ts'
import { sayWhatIsToBuild } from './index-states.ts'
import { gatherLog } from './log-lines.ts'
import { openNext } from './next.ts'
import { hasPages, Pages } from './pages.ts'
import { NODE, quickRequest } from './quick-web.ts'
import { createUsherServer, type Host, makeUpPeerHeader, replay, send } from './server.ts'
import { closeOrSay, STOPPING, stopOnSignal } from './stopping.ts'
import { closeStore, endStore, type OpenedStore, openStore, StoreClosed } from './store.ts'
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
  const {
    host: serve,
    settle,
    threads,
  } = own === undefined ? await nextHost(kind === 'next-dev') : appHost(own, peerHeader)
  const leaving = new AbortController()
  const server = createUsherServer(
    serve,
    peerHeader,
    settings,
    leaving.signal,
    new HashingPlaces(threads),
  )
  await listen(server, port, host)
  const close = own?.close ?? (() => endStore(gateway))
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

async function nextHost(dev: boolean): Promise<HostProcess> {
  const sendSpans = await registerTelemetry(process.env)
  const next = await openNext({ dev })
  return {
    host: (request, response, body) => {
      next.handle(replay(request, body), response).catch(() => response.destroy())
    },
    settle: async () => {
      await next.close()
      await sendSpans()
    },
  }
}

function appHost({ settings }: OwnStore, peerHeader: string): HostProcess {
  onPlatform(NODE)
  // Beside the program that this is a part of.
  const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
  const hashing = createHashingPool(beside('hashing-thread.js'))
  const pages = hasPages() ? new Pages(beside('pages-thread.js'), peerHeader) : undefined
  const deps: AppDeps = { ...createAppDeps(settings), passwords: hashing.passwords }
  const app = createApp(() => deps)
  const pending = new Set<Promise<unknown>>()
  const waitUntil = (work: Promise<unknown>): void => {
    const settled = work.catch(() => undefined).finally(() => pending.delete(settled))
    pending.add(settled)
  }
  const host: Host = (request, response, body) => {
    const { url = '/' } = request
    if (pages !== undefined && !isApiPath(url.replace(/\?.*/s, ''))) {
      pages
        .serve(request, response, body)
        .catch(() => send(response, pagesAway(settings)))
        .catch(() => response.destroy())
      return
    }
    app(requestOf(request, url, body), waitUntil)
      .then((answer) => send(response, answer))
      .catch(() => response.destroy())
  }
  return {
    host,
    threads: hashing.threads,
    settle: async () => {
      // One may promise another.
      while (pending.size > 0) await Promise.all(pending)
      await Promise.all([deps.metrics.tellNow(), hashing.close(), pages?.close()])
    },
  }
}

function requestOf(request: IncomingMessage, path: string, body: Buffer): Request {
  const { method = 'GET', headers } = request
  // Not resolved against a base: `//host/path` is a path here, not another host.
  const url = `http://localhost${path}`
  const hasBody = method !== 'GET' && method !== 'HEAD' && body.length > 0
  if (!hasBody) return quickRequest(url, method, headers)
  // As pairs: an object of headers would be checked and copied once more.
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((item): [string, string] => [name, item]),
  )
  return new Request(url, { method, headers: pairs, body: new Uint8Array(body) })
}

/** In the place of a page while the thread that serves them is not there. */
function pagesAway(settings: Settings): Response {
  const headers = pageHeaders(crypto.randomUUID(), () => ({ settings }))
  headers.set('Content-Type', 'text/plain; charset=utf-8')
  headers.set('Cache-Control', 'no-store')
  headers.set('Retry-After', '5')
  return new Response('This page cannot be shown now. Try again.\n', { status: 503, headers })
}

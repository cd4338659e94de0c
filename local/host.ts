import { createServer, type Server } from 'node:http'
import { createApp } from '../lib/app.ts'
import { appDeps } from '../lib/app-deps.ts'
import { provesItself } from '../lib/auth/jws.ts'
import { EnvironmentFault, parseSettings } from '../lib/env.ts'
import type { Gateway } from './gateway/server.ts'
import { createUsherServer, type Host, makeUpPeerHeader, replay, send } from './server.ts'
import { openStore, redisUrlFault, withStorePlaceholder } from './store.ts'
import { registerTelemetry } from './telemetry.ts'

export type HostKind = 'next' | 'next-dev' | 'app'

export interface Running {
  address: string
  gateway: Gateway | undefined
}

/**
 * Checks the environment, opens the store, serves, and stops on a signal.
 *
 * @param prepare Called when the store is open and before the first request is taken: seeding.
 */
export async function run(
  kind: HostKind,
  prepare: (gateway: Gateway | undefined) => Promise<void>,
): Promise<Running> {
  const peerHeader = makeUpPeerHeader(process.env)
  const { port, host } = await checkEnvironment()
  await checkPort(port, host)
  const gateway = await openStore(process.env)
  await prepare(gateway)
  const { host: serve, settle } = await hostOf(kind)
  const server = createUsherServer(serve, peerHeader)
  await listen(server, port, host)
  stopOnSignal(server, gateway, settle)

  const bound = server.address()
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port
  const shown = host.includes(':') ? `[${host}]` : host
  return { address: `http://${shown}:${actual}`, gateway }
}

/** Ends the process with every fault named when there is one. */
async function checkEnvironment(): Promise<{ port: number; host: string }> {
  const faults: string[] = []
  try {
    const { signingKey, mail } = parseSettings(withStorePlaceholder(process.env))
    if (signingKey !== undefined && !(await provesItself(signingKey))) {
      faults.push('SIGNING_KEY does not sign what its own public part verifies.')
    }
    if (mail === undefined) {
      console.warn('Usher sends no mail: set MAIL_API_URL, MAIL_API_KEY and MAIL_FROM.')
    }
  } catch (error) {
    if (!(error instanceof EnvironmentFault)) throw error
    faults.push(...error.faults)
  }
  const redisUrl = redisUrlFault(process.env)
  if (redisUrl !== undefined) faults.push(redisUrl)
  const port = Number(process.env['PORT'] || 3000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    faults.push('PORT is not a number from 0 to 65535.')
  }
  if (faults.length > 0) {
    const list = faults.map((fault) => `  - ${fault}`).join('\n')
    console.error(`Usher does not start: the environment has faults.\n${list}`)
    console.error('All variables are described in .env.example; `npm run up` needs none.')
    process.exit(1)
  }
  return { port, host: process.env['HOST'] || '127.0.0.1' }
}

/** A host, and how to wait for what goes on after its answers. */
interface HostProcess {
  host: Host
  settle: () => Promise<unknown>
}

async function hostOf(kind: HostKind): Promise<HostProcess> {
  if (kind === 'app') return appHost()
  // All configuration comes from the environment: Next is told that its .env files are read.
  if (kind === 'next') process.env['__NEXT_PROCESSED_ENV'] = 'true'
  process.env['NEXT_TELEMETRY_DISABLED'] ??= '1'
  if (kind === 'next') Object.assign(process.env, { NODE_ENV: 'production' })
  await registerTelemetry(process.env)
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
    settle: () => app.close(),
  }
}

function appHost(): HostProcess {
  const app = createApp(appDeps)
  const pending = new Set<Promise<unknown>>()
  const waitUntil = (work: Promise<unknown>): void => {
    const settled = work.catch(() => undefined).finally(() => pending.delete(settled))
    pending.add(settled)
  }
  const host: Host = (request, response, body) => {
    const headers = new Headers()
    for (const [name, value] of Object.entries(request.headers)) {
      for (const item of [value ?? []].flat()) headers.append(name, item)
    }
    const method = request.method ?? 'GET'
    const hasBody = method !== 'GET' && method !== 'HEAD' && body.length > 0
    // Not resolved against a base: `//host/path` is a path here, not another host.
    const url = new URL(`http://localhost${request.url ?? '/'}`)
    app(
      new Request(url, { method, headers, ...(hasBody ? { body: new Uint8Array(body) } : {}) }),
      waitUntil,
    )
      .then((answer) => send(response, answer))
      .catch(() => response.destroy())
  }
  return { host, settle: () => Promise.all(pending) }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  }).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'the port is taken: set PORT' : error.code
    console.error(`Usher cannot listen on ${host}:${port}: ${why}.`)
    process.exit(1)
  })
}

/** Ends the process now, before anything is loaded, when the port is taken. */
async function checkPort(port: number, host: string): Promise<void> {
  const probe = createServer()
  await listen(probe, port, host)
  await new Promise((resolve) => probe.close(resolve))
}

/** Stops taking requests, lets the running ones end, and leaves nothing behind. */
function stopOnSignal(
  server: Server,
  gateway: Gateway | undefined,
  settle: () => Promise<unknown>,
): void {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      setTimeout(() => process.exit(0), 5_000).unref()
      // A connection that is kept alive becomes idle with its last answer.
      setInterval(() => server.closeIdleConnections(), 50).unref()
      server.close(async () => {
        // Mails and events that were promised; what takes longer than the limit above is given up.
        await settle().catch(() => undefined)
        await Promise.all([gateway?.close(), gateway?.engine.close()])
        process.exit(0)
      })
      server.closeIdleConnections()
    })
  }
}

import {
  Agent,
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { KEEP_ALIVE_MS } from '../../local/gateway/server.ts'
import { commandsOf, isRead, nameOf } from './commands.ts'
import type { Database, Undo } from './databases.ts'

/** Between an app and the gateway of its region, there and back. */
export const LOCAL_TRIP_MS = 5

/** One request of an app, as its region's gateway saw it. */
export interface Call {
  commands: string[]
  /** `caught up`: at the replica, after waiting for it. `behind`: a read that it could not serve. */
  served: 'replica' | 'caught up' | 'behind' | 'primary'
  waitedMs: number
}

/** Upstash Global as one region sees it. */
export interface Gateway {
  url: string
  calls: Call[]
  inFlight: number
  /** How long a read waits for its replica before the primary answers it. */
  patienceMs: number
}

interface RegionOptions {
  primary: Database
  /** Undefined in the primary's own region. */
  replica: Database | undefined
  /** From the region to the primary's, there and back. */
  primaryTripMs: number
  patienceMs: number
}

interface Answer {
  status: number
  body: Buffer
  /** Of the database's changes, all that the answer has seen. */
  offset: number
}

const SYNC_TOKEN = 'upstash-sync-token'
const LOOK_EVERY_MS = 5

/**
 * Starts the gateway of a region. Requests that only read are served by the region's replica, as
 * soon as it has what the sync token stands for: an offset in the primary's stream of changes. When
 * that takes longer than its patience, and for every request with a write in it, the primary answers.
 */
export async function startRegion(options: RegionOptions, undo: Undo): Promise<Gateway> {
  const agent = new Agent({ keepAlive: true })
  const gateway: Gateway = { url: '', calls: [], inFlight: 0, patienceMs: options.patienceMs }
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    gateway.inFlight++
    serve(request, response, options, gateway, agent)
      .catch(() => response.destroy())
      .finally(() => gateway.inFlight--)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        agent.destroy()
      }),
  )
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  gateway.url = `http://127.0.0.1:${address.port}`
  return gateway
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: RegionOptions,
  gateway: Gateway,
  agent: Agent,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const commands = commandsOf(request.url ?? '/', body)
  const token = Number(request.headers[SYNC_TOKEN] ?? 0)
  const call: Call = { commands: commands.map(nameOf), served: 'primary', waitedMs: 0 }
  gateway.calls.push(call)
  await sleep(LOCAL_TRIP_MS / 2)

  const { replica, primary, primaryTripMs } = options
  const near = replica ?? primary
  let answer: Answer | undefined
  if (commands.every(isRead) && request.url !== '/multi-exec') {
    const before = performance.now()
    const offset = await reach(near, token, gateway)
    call.waitedMs = performance.now() - before
    call.served = offset === undefined ? 'behind' : 'replica'
    if (offset !== undefined) {
      if (call.waitedMs >= LOOK_EVERY_MS) call.served = 'caught up'
      answer = { ...(await pass(near, request, body, agent)), offset }
    }
  }
  if (answer === undefined) {
    await sleep(primaryTripMs / 2)
    const passed = await pass(primary, request, body, agent)
    // The token of a read that the replica could not serve stands for no more than it did: else the
    // replica would never catch up with it.
    const offset = call.served === 'behind' ? token : await primary.offset()
    answer = { ...passed, offset }
    await sleep(primaryTripMs / 2)
  }
  await sleep(LOCAL_TRIP_MS / 2)
  response.writeHead(answer.status, {
    'Content-Type': 'application/json',
    'Content-Length': answer.body.length,
    [SYNC_TOKEN]: String(Math.max(token, answer.offset)),
  })
  response.end(answer.body)
}

/** Waits until a database has what a token stands for; undefined when patience ends before. */
async function reach(
  database: Database,
  token: number,
  gateway: Gateway,
): Promise<number | undefined> {
  const ends = performance.now() + gateway.patienceMs
  for (;;) {
    const offset = await database.offset()
    if (offset >= token) return offset
    if (performance.now() >= ends) return undefined
    await sleep(LOOK_EVERY_MS)
  }
}

function pass(
  { gateway }: Database,
  request: IncomingMessage,
  body: Buffer,
  agent: Agent,
): Promise<{ status: number; body: Buffer }> {
  const url = new URL(request.url ?? '/', gateway.url)
  const { method, headers } = request
  return new Promise((resolve, reject) => {
    const upstream = forward(url, { method, headers, agent }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 502, body: Buffer.concat(chunks) }),
      )
      answer.once('error', reject)
    })
    upstream.once('error', reject)
    upstream.end(body)
  })
}

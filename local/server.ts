import { randomBytes } from 'node:crypto'
import {
  createServer,
  IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { PEER_HEADER_VARIABLE } from '../lib/env-readers.ts'
import { type Failure, fail } from '../lib/errors.ts'
import { LARGEST_BODY_BYTES } from '../lib/http/body.ts'
import { routeOf } from '../lib/http/gate.ts'
import { serverTiming } from '../lib/http/handover.ts'
import { problem } from '../lib/http/problem.ts'
import { findRoute } from '../lib/http/router.ts'
import { Turnstile } from './turnstile.ts'

/** What serves a request once its body is read: Next's handler, or the API without Next. */
export type Host = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

/** Names, for this process, the header in which the server passes on the peer's address. */
export function makeUpPeerHeader(variables: NodeJS.ProcessEnv): string {
  const name = `x-usher-peer-${randomBytes(12).toString('hex')}`
  variables[PEER_HEADER_VARIABLE] = name
  return name
}

/**
 * A Node server that answers by itself what must not reach the host: `TRACE` and `CONNECT`,
 * malformed requests, and bodies over 64 KiB, at which it stops reading. Next would buffer a body
 * whole, cut it silently at its own limit, and answer `TRACE` with a bare 500.
 */
export function createUsherServer(host: Host, peerHeader: string): Server {
  const listener: RequestListener = (request, response) => {
    accept(request, response, host, peerHeader).catch(() => request.destroy())
  }
  const server = createServer(
    {
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 65_000,
      requireHostHeader: false,
    },
    listener,
  )
  server.on('checkContinue', (request, response) => {
    if (!declaresTooMuch(request)) response.writeContinue()
    listener(request, response)
  })
  server.on('checkExpectation', listener)
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    // CONNECT names a host and a port, no path: there is nothing that another method could reach.
    const refused = fail('method-not-allowed', 'CONNECT')
    writeRaw(socket, refusal(refused, request.url ?? '', 'GET, HEAD, OPTIONS'))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (leaving.has(socket)) return
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    writeRaw(socket, refusal(malformed(error.code), '', undefined))
  })
  return server
}

async function accept(
  request: IncomingMessage,
  response: ServerResponse,
  host: Host,
  peerHeader: string,
): Promise<void> {
  if (request.method === 'OPTIONS' && request.url === '*') {
    response
      .writeHead(204, { Allow: 'GET, HEAD, POST, OPTIONS', 'X-Request-Id': crypto.randomUUID() })
      .end()
    return
  }
  const target = targetOf(request)
  if (target === undefined) {
    await send(response, refusal(malformed('target'), '', undefined))
    return
  }
  // Next takes `.rsc` off the end of any path, and would answer with another item.
  request.url = target.replace(/\.rsc(?=[?#]|$)/, '%2Ersc')
  request.headers[peerHeader] = request.socket.remoteAddress ?? ''

  const pathname = target.replace(/[?#].*$/s, '')
  const refused = refusedPath(pathname)
  if (refused !== undefined) {
    await send(response, refusal(refused, pathname, undefined))
    return
  }
  if (request.method === 'TRACE') {
    const refused = fail('method-not-allowed', 'TRACE')
    await send(response, refusal(refused, pathname, allowedOn(pathname)))
    return
  }
  if (pathname.startsWith('/_next/')) {
    // The gate does not see the host's own files.
    response.setHeader('X-Request-Id', crypto.randomUUID())
    response.setHeader('X-Content-Type-Options', 'nosniff')
    response.setHeader('Server-Timing', serverTiming())
  }
  const body = await readBody(request)
  if (body === undefined) {
    // Node would read on to keep the connection, or reset it before the answer is read.
    const { socket } = request
    response.detachSocket(socket)
    writeRaw(socket, refusal(fail('payload-too-large', 'counted'), pathname, undefined))
    return
  }
  if (!hashesPasswords(request.method ?? '', pathname)) {
    host(request, response, body)
    return
  }
  if (!(await hashing.enter())) {
    const busy = fail('service-unavailable', 'too many passwords waiting', { retryAfterSeconds: 1 })
    await send(response, refusal(busy, pathname, undefined))
    return
  }
  // The client may have left while it waited.
  if (response.closed || response.destroyed) {
    hashing.leave()
    return
  }
  response.once('close', () => hashing.leave())
  host(request, response, body)
}

/**
 * A burst of sign-ins is taken up a few at a time: all at once they would hold up every read for as
 * long as the host needs to look at them, whatever it answers.
 */
const MOST_HASHING = 12
const PATIENCE_MS = 15_000
const hashing = new Turnstile(MOST_HASHING, PATIENCE_MS)

function hashesPasswords(method: string, pathname: string): boolean {
  const routed = routeOf(method, pathname)
  return 'row' in routed && routed.row.hashes === true
}

/** The path and query: also of the absolute form, which a client may send (RFC 9112 §3.2.2). */
function targetOf({ url, headers, httpVersion }: IncomingMessage): string | undefined {
  if (headers.host === undefined && httpVersion === '1.1') return undefined
  if (url === undefined) return undefined
  if (url.startsWith('/')) return url
  if (!URL.canParse(url)) return undefined
  const { protocol, pathname, search } = new URL(url)
  return /^https?:$/.test(protocol) ? `${pathname}${search}` : undefined
}

/** Paths on which Next would answer a bare 500, or an API path in disguise. */
function refusedPath(pathname: string): Failure | undefined {
  if (findRoute(pathname) === 'malformed') return fail('invalid-request', 'malformed path')
  const internal = /^\/_next\/data\//.test(pathname) || /^\/_(?!next\/)/.test(pathname)
  return internal ? fail('not-found', 'internal path of Next') : undefined
}

function allowedOn(pathname: string): string {
  const routed = routeOf('TRACE', pathname)
  return 'allow' in routed ? routed.allow : 'GET, HEAD, OPTIONS'
}

function declaresTooMuch(request: IncomingMessage): boolean {
  return Number(request.headers['content-length'] ?? 0) > LARGEST_BODY_BYTES
}

/** Reads the body; undefined as soon as it is known to be too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (declaresTooMuch(request)) return undefined
  const chunks: Buffer[] = []
  let length = 0
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > LARGEST_BODY_BYTES) {
        request.pause()
        request.removeAllListeners('data')
        resolve(undefined)
        return
      }
      chunks.push(chunk)
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('error', reject)
    request.once('aborted', () => reject(new Error('aborted')))
  })
}

/** The request again, its body being what was read: for a host that reads a Node request. */
export function replay(request: IncomingMessage, body: Buffer): IncomingMessage {
  const copy = new IncomingMessage(request.socket)
  copy.method = request.method
  copy.url = request.url
  copy.headers = request.headers
  copy.rawHeaders = request.rawHeaders
  copy.httpVersion = request.httpVersion
  copy.httpVersionMajor = request.httpVersionMajor
  copy.httpVersionMinor = request.httpVersionMinor
  copy.complete = true
  if (body.length > 0) copy.push(body)
  copy.push(null)
  return copy
}

function malformed(code: string | undefined): Failure {
  const detail =
    code === 'HPE_HEADER_OVERFLOW'
      ? 'The header section is larger than 16 KiB.'
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'The request did not arrive in time.'
        : 'The request is not well-formed HTTP.'
  return fail('invalid-request', code ?? 'parse error', { detail })
}

function refusal(failure: Failure, instance: string, allow: string | undefined): Response {
  const requestId = crypto.randomUUID()
  const response = problem(failure.code, { instance, requestId }, failure)
  response.headers.set('X-Request-Id', requestId)
  response.headers.set('Server-Timing', serverTiming())
  response.headers.set('Vary', 'Origin')
  response.headers.set('Connection', 'close')
  if (allow !== undefined) response.headers.set('Allow', allow)
  return response
}

/** Writes a web-standard response to a Node one. */
export async function send(response: ServerResponse, answer: Response): Promise<void> {
  response.setHeaders(answer.headers)
  response.writeHead(answer.status)
  const body = Buffer.from(await answer.arrayBuffer())
  await new Promise<void>((resolve) => {
    response.once('close', resolve)
    response.end(body, () => resolve())
  })
}

/** Connections that have had their last answer and close in a moment. */
const leaving = new WeakSet<Duplex>()

/**
 * Writes a last answer straight to a connection, and closes it late enough for the answer to be
 * read: where Node has no response object, or would read on.
 */
function writeRaw(socket: Duplex, answer: Response): void {
  leaving.add(socket)
  // Node has let go of this socket: an error on it would end the process, and nothing times it out.
  socket.on('error', () => socket.destroy())
  setTimeout(() => socket.destroy(), 1_000).unref()
  const reason = STATUS_CODES[answer.status] ?? ''
  answer.text().then(
    (body) => {
      const headers = [...answer.headers, ['Content-Length', String(Buffer.byteLength(body))]]
      const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
      socket.end(`HTTP/1.1 ${answer.status} ${reason}\r\n${head}\r\n${body}`)
    },
    () => socket.destroy(),
  )
}

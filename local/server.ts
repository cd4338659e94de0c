import { randomBytes } from 'node:crypto'
import {
  createServer,
  IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { contract } from '../lib/contract/operations.ts'
import { type Failure, fail } from '../lib/contract/problems.ts'
import { LARGEST_BODY_BYTES } from '../lib/http/body.ts'
import { MALFORMED_PATH, routeOf } from '../lib/http/gate.ts'
import { normalPath, redirectOf } from '../lib/http/path.ts'
import { findRoute } from '../lib/http/router.ts'
import { PEER_HEADER_VARIABLE } from '../lib/settings/readers.ts'
import type { Settings } from '../lib/settings/types.ts'
import { HashingPlaces } from './hashing-places.ts'
import { LastAnswers } from './last-answers.ts'
import { OwnAnswers, originIn } from './own-answers.ts'
import { QuickResponse } from './quick-web.ts'
import { formFault, LARGEST_PARSED_SECTION, parseFault, targetOf } from './request-form.ts'

/** What serves a request once its body is read: Next's handler, or the API without Next. */
export type Host = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

/** Names, for this process, the header in which the server passes on the peer's address. */
export function makeUpPeerHeader(variables: NodeJS.ProcessEnv): string {
  const name = `x-usher-peer-${randomBytes(12).toString('hex')}`
  variables[PEER_HEADER_VARIABLE] = name
  return name
}

interface Reception {
  host: Host
  peerHeader: string
  answers: OwnAnswers
  last: LastAnswers
  leaving: AbortSignal
  hashing: HashingPlaces
}

/** What the parser says of what it does not take. */
type ParseError = NodeJS.ErrnoException & { rawPacket?: Buffer }

/**
 * A Node server that answers by itself what must not reach the host: `TRACE` and `CONNECT`,
 * malformed requests, paths that are not in their normal form, and bodies over 64 KiB, at which it
 * stops reading. Next would buffer a body whole, cut it silently at its own limit, and answer `TRACE`
 * with a bare 500.
 *
 * @param peerHeader See {@link makeUpPeerHeader}.
 * @param leaving Aborted when the process is to stop: from then on it answers that it is not ready.
 * @param hashing The places of requests that hash passwords.
 */
export function createUsherServer(
  host: Host,
  peerHeader: string,
  settings: Pick<Settings, 'origin' | 'corsOrigins'>,
  leaving: AbortSignal,
  hashing = new HashingPlaces(),
): Server {
  const answers = new OwnAnswers(settings)
  const last = new LastAnswers(leaving)
  const reception = { host, peerHeader, answers, last, leaving, hashing }
  const listener: RequestListener = (request, response) => {
    if (!last.begin(request, response)) return
    accept(request, response, reception).catch(() => request.destroy())
  }
  const server = createServer(
    {
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: LARGEST_PARSED_SECTION,
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
    const { url = '', headers } = request
    const refused = fail('method-not-allowed', 'CONNECT')
    const answer = answers.refusal(refused, url, headers.origin, 'GET, HEAD, OPTIONS')
    last.answerRest(socket, answer).catch(() => socket.destroy())
  })
  server.on('clientError', ({ code, rawPacket }: ParseError, socket) => {
    if (code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const answer = answers.refusal(parseFault(code), '', originIn(rawPacket))
    last.answerRest(socket, answer).catch(() => socket.destroy())
  })
  return server
}

async function accept(
  request: IncomingMessage,
  response: ServerResponse,
  { host, peerHeader, answers, last, leaving, hashing }: Reception,
): Promise<void> {
  const { method = '', url = '', headers } = request
  const refuse = (failure: Failure, instance: string, allow?: string): Promise<void> =>
    last.answer(request, response, answers.refusal(failure, instance, headers.origin, allow))

  if (method === 'OPTIONS' && url === '*') return send(response, answers.options())
  const target = targetOf(url)
  const sent = target?.replace(/[?#].*$/s, '') ?? ''
  const search = target?.slice(sent.length) ?? ''
  const fault = formFault(request, target)
  if (fault !== undefined) return refuse(fault, sent)
  const pathname = normalPath(sent)
  const location = redirectOf(method, { pathname: sent, search })
  const refused = location === undefined ? refusedPath(pathname) : undefined
  if (refused !== undefined) return refuse(refused, pathname)
  if (method === 'TRACE') {
    return refuse(fail('method-not-allowed', 'TRACE'), pathname, allowedOn(pathname))
  }
  const body = await readBody(request)
  if (body === undefined) return refuse(fail('payload-too-large', 'counted'), pathname)
  if (location !== undefined) return send(response, answers.redirect(location, headers.origin))
  if (leaving.aborted && asksWhetherReady(method, pathname)) {
    const stopping = fail('service-unavailable', 'the server is stopping')
    return send(response, answers.refusal(stopping, pathname, headers.origin))
  }

  // Next takes `.rsc` off the end of any path, and would answer with another item.
  request.url = `${pathname.replace(/\.rsc$/, '%2Ersc')}${search}`
  headers[peerHeader] = request.socket.remoteAddress ?? ''
  if (pathname.startsWith('/_next/')) response.setHeaders(answers.fileHeaders())
  if (!hashesPasswords(method, pathname)) return host(request, response, body)
  const place = await hashing.take(request, response)
  if (place === 'gone') return
  if (place === 'busy') {
    const busy = fail('service-unavailable', 'too many passwords waiting', { retryAfterSeconds: 1 })
    return send(response, answers.refusal(busy, pathname, headers.origin))
  }
  host(request, response, body)
}

function hashesPasswords(method: string, pathname: string): boolean {
  const routed = routeOf(method, pathname)
  return 'row' in routed && routed.row.hashes === true
}

function asksWhetherReady(method: string, pathname: string): boolean {
  const routed = routeOf(method, pathname)
  return 'row' in routed && routed.row === contract.ready
}

/** Paths on which Next would answer a bare 500, or an API path in disguise. */
function refusedPath(pathname: string): Failure | undefined {
  if (findRoute(pathname) === 'malformed') return MALFORMED_PATH
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

/** Writes a web-standard response to a Node one. */
export async function send(response: ServerResponse, answer: Response): Promise<void> {
  if (answer instanceof QuickResponse) return answer.send(response)
  const body = Buffer.from(await answer.arrayBuffer())
  // Headers that are not written yet leave with the body, and say how long it is.
  response.setHeaders(answer.headers)
  response.statusCode = answer.status
  await new Promise<void>((resolve) => {
    response.once('close', resolve)
    response.end(body, () => resolve())
  })
}

import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** A request whose answer is not yet written. */
interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}

/** How long a connection stays open behind its last answer, for the client to read it. */
const LINGER_MS = 1_000

/**
 * The answers that end a connection: what comes after them is not looked at, and they wait for those
 * of the requests before them, so that no client takes one for another.
 *
 * They are written straight to the connection, where Node has no response object, or would read on to
 * keep the connection, or would reset it before the answer is read.
 *
 * @see [RFC 9112 §9.3.2](https://www.rfc-editor.org/rfc/rfc9112.html#section-9.3.2), §9.6
 */
export class LastAnswers {
  readonly #open = new Map<Duplex, Set<Exchange>>()
  /** They have, or will have, no more answers than those that are open. */
  readonly #ending = new WeakSet<Duplex>()
  /** Their last answer is written straight to them. */
  readonly #leaving = new WeakSet<Duplex>()
  readonly #stopping: AbortSignal

  /** @param stopping Aborted when the process is to stop: from then on each answer is the last of its connection. */
  constructor(stopping: AbortSignal) {
    this.#stopping = stopping
    stopping.addEventListener('abort', () => {
      for (const [socket, open] of this.#open) this.#endWith(socket, [...open].at(-1)?.response)
    })
  }

  /** @returns Whether a request is to be answered: behind a last answer none is. */
  begin(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request
    if (this.#ending.has(socket)) return false
    const exchange = { request, response }
    this.#openOn(socket).add(exchange)
    response.once('close', () => this.#open.get(socket)?.delete(exchange))
    if (this.#stopping.aborted) this.#endWith(socket, response)
    return true
  }

  #openOn(socket: Duplex): Set<Exchange> {
    const known = this.#open.get(socket)
    if (known !== undefined) return known
    const open = new Set<Exchange>()
    this.#open.set(socket, open)
    socket.once('close', () => this.#open.delete(socket))
    return open
  }

  /** Says so in the answer, if it has not begun: a client that goes on at that moment would lose a request. */
  #endWith(socket: Duplex, response: ServerResponse | undefined): void {
    if (response === undefined || response.headersSent) return
    response.shouldKeepAlive = false
    this.#ending.add(socket)
  }

  /** Answers a request that {@link begin} took, as the last of its connection. */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    answer: Response,
  ): Promise<void> {
    const { socket, method } = request
    this.#ending.add(socket)
    this.#leaving.add(socket)
    // Node gives a response its connection when those before it are written.
    if (response.socket === null) await new Promise((resolve) => response.once('socket', resolve))
    response.detachSocket(socket)
    await write(socket, answer, method === 'HEAD')
  }

  /** Answers what could not be read as a request, or as the rest of one. */
  async answerRest(socket: Duplex, answer: Response): Promise<void> {
    if (this.#leaving.has(socket)) return
    this.#ending.add(socket)
    this.#leaving.add(socket)
    const open = [...(this.#open.get(socket) ?? [])]
    const last = open.at(-1)
    // One that is not complete is what could not be read: this is its answer.
    const unread = last?.request.complete === false ? open.pop() : undefined
    await Promise.all(open.map(({ response }) => closed(response)))
    if (unread !== undefined && unread.response.socket !== null) {
      unread.response.detachSocket(unread.request.socket)
    }
    await write(socket, answer, false)
  }
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', () => resolve()))
}

async function write(socket: Duplex, answer: Response, headersAlone: boolean): Promise<void> {
  // Node has let go of this socket: an error on it would end the process, and nothing times it out.
  socket.on('error', () => socket.destroy())
  if (!socket.writable) {
    socket.destroy()
    return
  }
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
  const body = await answer.text()
  const fields = [
    ...answer.headers,
    ['Date', new Date().toUTCString()],
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Connection', 'close'],
  ]
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const status = `${answer.status} ${STATUS_CODES[answer.status] ?? ''}`
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n${headersAlone ? '' : body}`)
}

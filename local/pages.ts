import { once } from 'node:events'
import { existsSync } from 'node:fs'
import {
  Agent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
  request as send,
} from 'node:http'
import { pipeline } from 'node:stream/promises'
import { Worker } from 'node:worker_threads'
import { log } from '../lib/log.ts'

/** What the thread is started with. */
export interface PagesThreadData {
  peerHeader: string
}

/** For how long a thread that ended is not started again: each start costs most of a second. */
const PAUSE_MS = 5_000

/** How long a thread may take to end what goes on after its answers. */
const LONGEST_END_MS = 2_000

/** Fields about one connection, which are not passed on (RFC 9110 §7.6.1). */
const OF_A_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
])

/** Whether Next has built pages in this folder. */
export function hasPages(): boolean {
  return existsSync('.next/BUILD_ID')
}

interface Running {
  thread: Worker
  port: number
}

/**
 * The pages that Next has built, served by a thread that starts with the first of them.
 *
 * In a thread of its own because Next changes globals and has every promise followed, which slows
 * the API down for good, and because rendering would hold up its answers. See docs/decisions/030.
 */
export class Pages {
  readonly #file: string
  readonly #peerHeader: string
  readonly #now: () => number
  readonly #agent = new Agent({ keepAlive: true })
  #running: Promise<Running> | undefined
  #notBefore = 0

  /**
   * @param file The built `pages-thread.ts`.
   * @param peerHeader The header in which the server passes on the peer's address.
   */
  constructor(file: string, peerHeader: string, now: () => number = Date.now) {
    this.#file = file
    this.#peerHeader = peerHeader
    this.#now = now
  }

  /**
   * Answers with a page.
   *
   * @throws When there was no answer: nothing is written yet.
   */
  async serve(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const { port } = await this.#start()
    if (response.destroyed) return
    const asked = send({
      host: '127.0.0.1',
      port,
      agent: this.#agent,
      method: request.method,
      path: request.url,
      headers: requestHeaders(request, body),
    })
    asked.on('error', () => undefined)
    // Who is gone needs no answer.
    const abandon = (): void => void asked.destroy()
    response.once('close', abandon)
    const answered = once(asked, 'response') as Promise<[IncomingMessage]>
    asked.end(body)
    const [answer] = await answered
    response.statusCode = answer.statusCode ?? 500
    for (const [name, values] of Object.entries(passedOn(answer.headersDistinct))) {
      if (values !== undefined) response.setHeader(name, values)
    }
    // What breaks off here breaks off there.
    await pipeline(answer, response).catch(() => response.destroy())
    response.off('close', abandon)
  }

  /** Waits for what pages promised, and ends the thread. */
  async close(): Promise<void> {
    const running = await this.#running?.catch(() => undefined)
    this.#agent.destroy()
    if (running === undefined) return
    const { thread } = running
    thread.removeAllListeners('exit')
    const ended = once(thread, 'exit')
    thread.postMessage('close')
    const limit = new Promise((resolve) => setTimeout(resolve, LONGEST_END_MS).unref())
    await Promise.race([ended, limit])
    await thread.terminate()
  }

  #start(): Promise<Running> {
    if (this.#running !== undefined) return this.#running
    if (this.#now() < this.#notBefore) return Promise.reject(new Error('the thread has ended'))
    const running = this.#open()
    this.#running = running
    const isOver = (error: unknown): void => {
      if (this.#running === running) this.#running = undefined
      this.#notBefore = this.#now() + PAUSE_MS
      log('error', 'pages.thread-ended', { error: error instanceof Error ? error.name : 'exit' })
    }
    running.then(({ thread }) => thread.once('exit', isOver), isOver)
    return running
  }

  async #open(): Promise<Running> {
    const workerData: PagesThreadData = { peerHeader: this.#peerHeader }
    const thread = new Worker(this.#file, { workerData })
    const ended = new AbortController()
    thread.once('exit', () => ended.abort())
    // Without a listener the error of a thread would end the process.
    thread.on('error', (error) => console.error(error))
    const [port] = (await once(thread, 'message', { signal: ended.signal })) as [number]
    return { thread, port }
  }
}

function requestHeaders({ headers }: IncomingMessage, body: Buffer): OutgoingHttpHeaders {
  const { 'content-length': _, ...others } = headers
  return { ...passedOn(others), ...(body.length === 0 ? {} : { 'content-length': body.length }) }
}

function passedOn<value>(headers: Record<string, value>): Record<string, value> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_A_CONNECTION.has(name)))
}

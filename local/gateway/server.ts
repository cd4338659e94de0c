import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { CommandRefused, parseCommand, ScriptTranslator } from './commands.ts'
import { type Engine, EngineGone, type EngineReply, TransactionRefused } from './engine.ts'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT'])
const LARGEST_BODY_BYTES = 10 * 1_024 * 1_024

export interface GatewayOptions {
  engine: Engine
  token: string
  /** 0 takes a free port. The gateway listens on the loopback address alone. */
  port?: number
  /** Called for every request that reaches the engine: budgets are counted here. */
  onTrip?: (trip: Trip) => void
}

export interface Trip {
  path: string
  commands: string[][]
  /** As the client sent it. */
  traceparent?: string
}

export interface Gateway {
  url: string
  token: string
  engine: Engine
  /** From now on nobody is answered: for a process that ends, whose isolates would take an answer for an outage. */
  hold(): void
  close(): Promise<void>
}

/**
 * Longer than a client keeps an idle connection by far: one that both let go of at the same moment
 * would be a request refused, on a machine that is too busy to notice in time.
 */
export const KEEP_ALIVE_MS = 120_000

/**
 * Serves the Upstash REST protocol in front of an engine: one command, `/pipeline`, `/multi-exec`
 * and the path form. Its sync tokens count its answers: one engine has every write that it answered.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const scripts = new ScriptTranslator(options.engine.knowsShebang)
  let answers = 0
  let isHeld = false
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, async (request, response) => {
    const failed = { status: 500, body: { error: 'ERR the gateway failed' } }
    const { status, body } = await serve(request, options, scripts).catch(() => failed)
    if (isHeld) return
    response.setHeader('Upstash-Sync-Token', String(++answers))
    send(request, response, status, body)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    token: options.token,
    engine: options.engine,
    hold: () => {
      isHeld = true
    },
    close: () => close(server),
  }
}

interface Answer {
  status: number
  body: unknown
}

async function serve(
  request: IncomingMessage,
  { engine, token, onTrip }: GatewayOptions,
  scripts: ScriptTranslator,
): Promise<Answer> {
  const target = `http://gateway${request.url ?? '/'}`
  const url = new URL(URL.canParse(target) ? target : 'http://gateway/')
  if (!isAuthorized(request, url, token)) return { status: 401, body: { error: 'Unauthorized' } }
  if (!METHODS.has(request.method ?? ''))
    return { status: 405, body: { error: 'ERR method not allowed' } }
  const { traceparent } = request.headers
  const raw = await readBody(request)
  if (raw === undefined) {
    return { status: 413, body: { error: 'ERR max request size exceeded: 10 MiB' } }
  }
  const encode = request.headers['upstash-encoding'] === 'base64' ? toBase64 : toText
  const run = async (command: readonly Buffer[]): Promise<EngineReply> => {
    const reply = await engine.call(scripts.toEngine(command))
    return scripts.fromEngine(command, reply)
  }
  const count = (commands: readonly (readonly Buffer[])[]): void =>
    onTrip?.({
      path: url.pathname,
      commands: commands.map((command) => command.map(String)),
      ...(typeof traceparent === 'string' ? { traceparent } : {}),
    })

  try {
    switch (url.pathname) {
      case '/pipeline': {
        const commands = commandList(raw)
        const parsed = commands.map(parseOrRefuse)
        count(parsed.filter((command) => Array.isArray(command)))
        // Sent together, answered in order, as Redis pipelines are.
        const replies = await Promise.all(
          parsed.map((command) => (command instanceof Error ? command : run(command))),
        )
        return { status: 200, body: replies.map((reply) => wrap(reply, encode)) }
      }
      case '/multi-exec': {
        const commands = commandList(raw).map(parseCommand)
        count(commands)
        const replies = await engine.transaction(
          commands.map((command) => scripts.toEngine(command)),
        )
        const restored = replies.map((reply, index) =>
          scripts.fromEngine(commands[index] ?? [], reply),
        )
        return { status: 200, body: restored.map((reply) => wrap(reply, encode)) }
      }
      default: {
        const command = parseCommand(
          url.pathname === '/' ? parseJson(raw) : pathCommand(url, request.method, raw),
        )
        count([command])
        const reply = await run(command)
        return { status: reply instanceof Error ? 400 : 200, body: wrap(reply, encode) }
      }
    }
  } catch (error) {
    if (error instanceof CommandRefused) return { status: 400, body: { error: error.message } }
    if (error instanceof TransactionRefused) return { status: 400, body: { error: error.message } }
    if (error instanceof EngineGone) {
      return { status: 503, body: { error: 'ERR the engine behind the gateway is gone' } }
    }
    throw error
  }
}

function isAuthorized(request: IncomingMessage, url: URL, token: string): boolean {
  const header = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const presented = header ?? url.searchParams.get('_token') ?? ''
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(presented), digest(token))
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    const bytes = chunk as Buffer
    length += bytes.length
    if (length > LARGEST_BODY_BYTES) return undefined
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(String(raw))
  } catch {
    throw new CommandRefused('ERR failed to parse the request as JSON')
  }
}

function commandList(raw: Buffer): unknown[] {
  const list = parseJson(raw)
  if (!Array.isArray(list) || list.length === 0) {
    throw new CommandRefused('ERR a pipeline is a non-empty array of commands')
  }
  return list
}

function parseOrRefuse(value: unknown): Buffer[] | CommandRefused {
  try {
    return parseCommand(value)
  } catch (error) {
    if (error instanceof CommandRefused) return error
    throw error
  }
}

/** `/set/key/value?EX=100`, the body of a POST being the last argument. */
function pathCommand(url: URL, method: string | undefined, raw: Buffer): (string | Buffer)[] {
  let words: (string | Buffer)[]
  try {
    words = url.pathname.split('/').slice(1).map(decodeURIComponent)
  } catch {
    throw new CommandRefused('ERR the path is not percent-encoded UTF-8')
  }
  if ((method === 'POST' || method === 'PUT') && raw.length > 0) words.push(raw)
  for (const [name, value] of url.searchParams) {
    if (name !== '_token') words.push(name, ...(value === '' ? [] : [value]))
  }
  return words
}

type Encode = (bytes: Buffer) => string

const toText: Encode = (bytes) => bytes.toString('utf8')

const toBase64: Encode = (bytes) => bytes.toString('base64')

function wrap(reply: EngineReply, encode: Encode): { result: unknown } | { error: string } {
  if (reply instanceof Error) return { error: reply.message }
  // The client leaves an `OK` alone where it is the whole reply, and decodes every other string.
  const isOk = Buffer.isBuffer(reply) && String(reply) === 'OK'
  return { result: isOk ? 'OK' : plain(reply, encode) }
}

function plain(reply: EngineReply, encode: Encode): unknown {
  if (Array.isArray(reply)) return reply.map((item) => plain(item, encode))
  if (Buffer.isBuffer(reply)) return encode(reply)
  if (typeof reply === 'string') return encode(Buffer.from(reply))
  return reply instanceof Error ? encode(Buffer.from(reply.message)) : reply
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: unknown,
): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    // What is left of a refused body is not read.
    ...(request.complete ? {} : { Connection: 'close' }),
  })
  response.end(text)
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

import { createHash } from 'node:crypto'
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { KEEP_ALIVE_MS } from './server.ts'

/** What can go wrong between the app and its store, and what it looks like. */
export const FAULTS = {
  none: 'nothing',
  refuse: 'the connection is closed at once',
  reset: 'the connection is reset in the middle of the answer',
  hang: 'no answer ever comes',
  slow: 'every answer takes five seconds',
  lose: 'commands are executed and the answers lost',
  cut: 'the answer is half a JSON text',
  html: 'a page of HTML with status 200',
  'bad-gateway': 'a page of HTML with status 502',
  unauthorized: '401, as for a wrong token',
  'too-many': '429, as Upstash answers above its rate',
  'daily-limit': 'the daily limit of requests is reached',
  readonly: 'writes are refused: a replica',
  oom: 'writes are refused: out of memory',
  loading: 'everything is refused: the data set is being loaded',
  noscript: 'the script cache is empty, again and again',
} as const

export type FaultName = keyof typeof FAULTS

/** A number delays every answer by as many milliseconds. */
export type Fault = FaultName | number

export interface FaultProxy {
  url: string
  fault: Fault
  /** Requests that the fault meets, by their body and the scripts that it names; all when undefined. */
  only: RegExp | undefined
  close(): Promise<void>
}

export const SLOW_MS = 5_000
const READS = new Set(['EVAL_RO', 'EVALSHA_RO', 'GET', 'HGET', 'HMGET', 'PING', 'EXISTS'])
const BY_SHA = new Set(['EVALSHA', 'EVALSHA_RO'])

/** Errors of Redis and Upstash by the fault, for the commands that they meet. */
export const REDIS_ERRORS: Partial<
  Record<FaultName, { text: string; meets: (command: string) => boolean }>
> = {
  'daily-limit': {
    text: 'ERR max daily request limit exceeded. Limit: 10000, Usage: 10001.',
    meets: () => true,
  },
  readonly: {
    text: "READONLY You can't write against a read only replica.",
    meets: (command) => !READS.has(command),
  },
  oom: {
    text: "OOM command not allowed when used memory > 'maxmemory'.",
    meets: (command) => !READS.has(command),
  },
  loading: { text: 'LOADING Redis is loading the dataset in memory', meets: () => true },
  noscript: {
    text: 'NOSCRIPT No matching script. Please use EVAL.',
    meets: (command) => BY_SHA.has(command),
  },
}

/** Starts a proxy in front of a gateway whose `fault` can be set at any time. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const scripts = new ScriptTexts()
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    serve(proxy, target, scripts, request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${address.port}`,
    fault: 'none',
    only: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return proxy
}

async function serve(
  proxy: FaultProxy,
  target: string,
  scripts: ScriptTexts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  // Also while nothing fails: a script is seen whole once.
  const sent = scripts.spellOut(String(body))
  const fault = proxy.only?.test(sent) === false ? 'none' : proxy.fault
  const html = { 'Content-Type': 'text/html' }
  const json = { 'Content-Type': 'application/json' }
  switch (fault) {
    case 'refuse':
      request.socket.destroy()
      return
    case 'reset':
      response.writeHead(200, { ...json, 'Content-Length': '1000' })
      response.write('[{"result":', () => request.socket.resetAndDestroy())
      return
    case 'hang':
      return
    case 'cut':
      response.writeHead(200, json).end('[{"result":"O')
      return
    case 'html':
      response.writeHead(200, html).end('<html>Welcome to nginx</html>')
      return
    case 'bad-gateway':
      response.writeHead(502, html).end('<html>Bad gateway</html>')
      return
    case 'unauthorized':
      response.writeHead(401, json).end('{"error":"Unauthorized"}')
      return
    case 'too-many':
      response.writeHead(429, json).end('{"error":"ERR max concurrent requests exceeded"}')
      return
  }
  if (fault === 'noscript') {
    pass(fault, target, request, forgetting(body), response)
    return
  }
  const error = typeof fault === 'number' ? undefined : REDIS_ERRORS[fault]
  const refused = error === undefined ? undefined : refusal(request, body, error)
  if (refused !== undefined) {
    response.writeHead(refused.status, json).end(JSON.stringify(refused.body))
    return
  }
  pass(fault, target, request, body, response)
}

/** The scripts that passed by, to know them again where they are called by their SHA. */
export class ScriptTexts {
  readonly #bySha = new Map<string, string>()

  /** A request with the text of each script that it names by a SHA, behind it. */
  spellOut(request: string): string {
    for (const command of commandsIn(request)) {
      const [name, script] = command.map(String)
      if (script === undefined || !/^EVAL(_RO)?$/i.test(name ?? '')) continue
      this.#bySha.set(createHash('sha1').update(script).digest('hex'), script)
    }
    const named = [...this.#bySha].filter(([sha]) => request.includes(sha))
    return [request, ...named.map(([, script]) => script)].join('\n')
  }
}

/** The same commands, with SHAs that no script has: those that are called by name are unknown. */
function forgetting(body: Buffer): Buffer {
  return Buffer.from(
    String(body).replace(/(\["EVALSHA(?:_RO)?",")[\da-f]{40}"/gi, `$1${'0'.repeat(40)}"`),
  )
}

/** What is no JSON is the gateway's to refuse. */
function commandsIn(request: string): unknown[][] {
  try {
    const sent: unknown = JSON.parse(request)
    if (!Array.isArray(sent)) return []
    return sent.every(Array.isArray) ? sent : [sent]
  } catch {
    return []
  }
}

/** The answer to a request that holds a command which an error meets; a pipeline fails by command. */
function refusal(
  request: IncomingMessage,
  body: Buffer,
  { text, meets }: { text: string; meets: (command: string) => boolean },
): { status: number; body: unknown } | undefined {
  const sent: unknown[] = JSON.parse(String(body))
  const name = (command: unknown): string =>
    String(Array.isArray(command) ? command[0] : '').toUpperCase()
  if (request.url === '/pipeline') {
    return sent.some((command) => meets(name(command)))
      ? { status: 200, body: sent.map(() => ({ error: text })) }
      : undefined
  }
  return meets(name(sent)) ? { status: 400, body: { error: text } } : undefined
}

function pass(
  fault: Fault,
  target: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', target)
  const upstream = forward(url, { method: request.method, headers: request.headers }, (answer) => {
    if (fault === 'lose') {
      answer.resume()
      request.socket.destroy()
      return
    }
    const relay = (): void => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    }
    const delay = fault === 'slow' ? SLOW_MS : fault
    if (typeof delay === 'number') setTimeout(relay, delay)
    else relay()
  })
  upstream.on('error', () => request.socket.destroy())
  upstream.end(body)
}

import { createServer, type Socket } from 'node:net'
import { ScriptTranslator } from '../../local/gateway/commands.ts'
import { type Engine, EngineGone, type EngineReply } from '../../local/gateway/engine.ts'
import {
  type Fault,
  type FaultProxy,
  REDIS_ERRORS,
  ScriptTexts,
  SLOW_MS,
} from '../../local/gateway/fault-proxy.ts'
import type { Trip } from '../../local/gateway/server.ts'

/** Puts an engine behind Redis's own protocol over TCP, where it can fail in every way of {@link Fault}. */
export interface RespDoor extends FaultProxy {
  /** How many connections were opened so far. */
  readonly connections: number
}

/**
 * Opens the door, on the loopback address.
 *
 * @param onTrip Told of every packet of commands: what a client writes at once is one trip.
 */
export async function startRespDoor(
  engine: Engine,
  onTrip: (trip: Trip) => void = () => undefined,
): Promise<RespDoor> {
  const sockets = new Set<Socket>()
  const scripts = new ScriptTranslator(engine.knowsShebang)
  const texts = new ScriptTexts()
  let connections = 0
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
    if (door.fault === 'refuse') {
      socket.destroy()
      return
    }
    const parser = new CommandParser()
    let turn = Promise.resolve()
    socket.on('data', (chunk: Buffer) => {
      const commands = parser.push(chunk)
      if (commands.length === 0) return
      const words = commands.map((command) => command.map(String))
      onTrip({ path: 'resp', commands: words })
      // Also while nothing fails: a script is seen whole once.
      const sent = texts.spellOut(JSON.stringify(words))
      const meets = door.only?.test(sent) !== false
      const fault = meets ? door.fault : 'none'
      turn = turn
        .then(() => answer(socket, commands, fault))
        .catch((error: unknown) => {
          // What it was told late, by a fault that is slow, ends with the engine.
          if (!(error instanceof EngineGone)) throw error
          socket.destroy()
        })
    })
  })
  const run = async (command: readonly Buffer[], fault: Fault): Promise<EngineReply> => {
    const error = typeof fault === 'number' ? undefined : REDIS_ERRORS[fault]
    if (error?.meets(String(command[0]).toUpperCase())) return new Error(error.text)
    return scripts.fromEngine(command, await engine.call(scripts.toEngine(command)))
  }
  const answer = async (socket: Socket, commands: Buffer[][], fault: Fault): Promise<void> => {
    switch (fault) {
      case 'refuse':
        socket.destroy()
        return
      case 'reset':
        socket.write('*3\r\n$1000\r\nhalf', () => socket.resetAndDestroy())
        return
      case 'hang':
        return
      case 'cut':
        socket.end('*3\r\n$5\r\nha')
        return
      case 'html':
        socket.write('<html>Welcome to nginx</html>\r\n')
        return
      case 'bad-gateway':
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
        return
      case 'unauthorized':
        socket.write('-NOAUTH Authentication required.\r\n'.repeat(commands.length))
        return
      case 'too-many':
        socket.end('-ERR max number of clients reached\r\n')
        return
    }
    const replies = await Promise.all(commands.map((command) => run(command, fault)))
    if (fault === 'lose') {
      socket.destroy()
      return
    }
    const delay = fault === 'slow' ? SLOW_MS : fault
    if (typeof delay === 'number') await new Promise((resolve) => setTimeout(resolve, delay))
    if (socket.writable) socket.write(Buffer.concat(replies.flatMap(encode)))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  const door: RespDoor = {
    url: `redis://127.0.0.1:${address.port}`,
    fault: 'none',
    only: undefined,
    get connections() {
      return connections
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
  return door
}

/** Takes commands out of a stream of bytes: lists of bulk strings, as clients send them. */
class CommandParser {
  #rest = Buffer.alloc(0)

  push(chunk: Buffer): Buffer[][] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const commands: Buffer[][] = []
    for (let next = this.#take(); next !== undefined; next = this.#take()) commands.push(next)
    return commands
  }

  /** The next command, once all of it is here. */
  #take(): Buffer[] | undefined {
    const head = this.#number(0, '*')
    if (head === undefined) return undefined
    const words: Buffer[] = []
    let at = head.end
    for (let index = 0; index < head.value; index++) {
      const size = this.#number(at, '$')
      if (size === undefined || this.#rest.length < size.end + size.value + 2) return undefined
      words.push(this.#rest.subarray(size.end, size.end + size.value))
      at = size.end + size.value + 2
    }
    this.#rest = this.#rest.subarray(at)
    return words
  }

  #number(at: number, sign: string): { value: number; end: number } | undefined {
    const end = this.#rest.indexOf('\r\n', at)
    if (end < 0) return undefined
    const line = this.#rest.toString('latin1', at, end)
    if (!line.startsWith(sign)) throw new TypeError(`not a command: ${line.slice(0, 20)}`)
    return { value: Number(line.slice(1)), end: end + 2 }
  }
}

function encode(reply: EngineReply): Buffer[] {
  if (reply === null) return [Buffer.from('$-1\r\n')]
  if (typeof reply === 'number') return [Buffer.from(`:${reply}\r\n`)]
  if (reply instanceof Error) return [Buffer.from(`-${reply.message.replace(/\s/g, ' ')}\r\n`)]
  if (Array.isArray(reply)) return [Buffer.from(`*${reply.length}\r\n`), ...reply.flatMap(encode)]
  const bytes = Buffer.from(reply)
  return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')]
}

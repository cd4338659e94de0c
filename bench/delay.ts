import { connect, createServer, type Socket } from 'node:net'
import { type Counts, serveCounts } from './counts.ts'

/**
 * Distance between an app and its store, for REST and TCP alike: every chunk of bytes arrives half of
 * `DELAY_MS` later, in its order, in both directions. A process of its own, so that no timer waits
 * for somebody's work.
 *
 * A trip of a TCP client is a write of its own: what it sends together travels together.
 */
const delayMs = Number(process.env['DELAY_MS'])
const targets: Record<string, string> = JSON.parse(process.env['TARGETS'] ?? '{}')
const counts: Record<string, Counts> = {}

async function listen(name: string, target: string): Promise<string> {
  const { hostname, port, protocol } = new URL(target)
  const count: Counts = { trips: 0, commands: 0 }
  counts[name] = count
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const store = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    store.setNoDelay(true)
    relay(client, store, Math.floor(delayMs / 2), (chunk) => {
      count.trips++
      count.commands += respCommands(chunk)
    })
    relay(store, client, Math.ceil(delayMs / 2))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return `${protocol}//127.0.0.1:${address.port}`
}

/** Timers of one length end in the order they began in. */
function relay(from: Socket, to: Socket, ms: number, onChunk?: (chunk: Buffer) => void): void {
  from.on('data', (chunk) => {
    onChunk?.(chunk)
    setTimeout(() => to.write(chunk), ms)
  })
  from.on('end', () => setTimeout(() => to.end(), ms))
  from.on('error', () => to.destroy())
}

/** Commands that begin in a chunk of the Redis protocol. */
function respCommands(chunk: Buffer): number {
  return chunk.toString('latin1').match(/(?<![^\n])\*\d+\r\n\$/g)?.length ?? 0
}

const urls: Record<string, string> = {}
for (const [name, target] of Object.entries(targets)) urls[name] = await listen(name, target)
const control = await serveCounts(() => counts)
console.log(`listens on ${JSON.stringify({ urls, control })}`)

import { connect, createServer, type Socket } from 'node:net'

/** A TCP line to a Redis whose answers arrive late, in order. */
export interface Line {
  port: number
  /** How late; may be changed at any time, and never changes the order. */
  lagMs: number
  close(): Promise<void>
}

/** Starts a line to a port of this machine: what comes from there is held up. */
export async function startLine(port: number, lagMs: number): Promise<Line> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
      socket.once('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far)
    holdUp(far, near, () => line.lagMs)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  const line: Line = {
    port: address.port,
    lagMs,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
  return line
}

function holdUp(from: Socket, to: Socket, lagMs: () => number): void {
  const queue: { due: number; chunk: Buffer }[] = []
  let lastDue = 0
  const pump = (): void => {
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const left = next.due - performance.now()
      if (left > 0) {
        setTimeout(pump, Math.ceil(left))
        return
      }
      to.write(next.chunk)
      queue.shift()
    }
  }
  from.on('data', (chunk) => {
    lastDue = Math.max(lastDue, performance.now() + lagMs())
    queue.push({ due: lastDue, chunk })
    if (queue.length === 1) pump()
  })
}

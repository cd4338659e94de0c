import { connect } from 'node:net'

/** How a server that closes looks to a client that still writes, or that it did not wait for. */
const CLOSED = new Set(['EPIPE', 'ECONNRESET'])

/**
 * Sends bytes as they are and reads until the server closes.
 *
 * @returns What came. Nothing, where the server closed while bytes were still on their way: it may,
 *   and what it said before can be lost with the connection.
 */
export function raw(
  origin: string,
  text: string,
  then?: (write: (more: string) => boolean) => void,
): Promise<string> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(text)
      then?.((more) => socket.writable && socket.write(more))
    })
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!CLOSED.has(error.code ?? '')) reject(error)
    })
    socket.on('close', () => resolve(answer))
  })
}

/** Several answers of one connection, as the statuses of each: one begins where the body before it ends. */
export function statusesIn(answers: string): number[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n/g)].map(([, status]) =>
    Number(status),
  )
}

import { connect } from 'node:net'

/** Sends bytes as they are and reads until the server closes. */
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
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)))
    socket.on('close', () => resolve(answer))
  })
}

import {
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'

/**
 * What goes wrong between the app and its store. `lose` executes the command and drops the answer;
 * a number delays every answer by as many milliseconds.
 */
export type Fault = 'none' | 'refuse' | 'hang' | 'lose' | 'html' | 'unauthorized' | number

export interface FaultProxy {
  url: string
  fault: Fault
  close(): Promise<void>
}

/** Starts a proxy in front of a gateway whose `fault` can be set at any time. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const server = createServer((request, response) => {
    serve(proxy.fault, target, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${address.port}`,
    fault: 'none',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return proxy
}

function serve(
  fault: Fault,
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  switch (fault) {
    case 'refuse':
      request.socket.destroy()
      return
    case 'hang':
      return
    case 'html':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Bad gateway</html>')
      return
    case 'unauthorized':
      response
        .writeHead(401, { 'Content-Type': 'application/json' })
        .end('{"error":"Unauthorized"}')
      return
    default:
      pass(fault, target, request, response)
  }
}

function pass(
  fault: 'none' | 'lose' | number,
  target: string,
  request: IncomingMessage,
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
    if (fault === 'none') relay()
    else setTimeout(relay, fault)
  })
  upstream.on('error', () => request.socket.destroy())
  request.pipe(upstream)
}

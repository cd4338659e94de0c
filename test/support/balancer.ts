import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A load balancer of the simplest kind, and what it has seen. */
export interface Balancer {
  origin: string
  /** How many requests each of its servers has answered. */
  answered: number[]
  /** What it had no answer to. It sends nothing twice. */
  lost: string[]
  close(): void
}

/**
 * Sends requests to servers in turn, over connections that it keeps. Before each it asks for readiness: a
 * server that does not say that it is ready gets nothing.
 */
export async function startBalancer(origins: readonly string[]): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true })
  const answered = origins.map(() => 0)
  const lost: string[] = []
  let turn = 0

  const ask = async (
    target: string,
    { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
    body: Buffer,
  ): Promise<{ answer: IncomingMessage; text: Buffer }> => {
    const asked = send(target, { agent, method, headers })
    asked.end(body)
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    return { answer, text: Buffer.concat(await answer.toArray()) }
  }
  const isReady = async (index: number): Promise<boolean> => {
    const asked = { method: 'GET', headers: {} }
    return ask(`${origins[index]}/api/health/ready`, asked, Buffer.alloc(0)).then(
      ({ answer }) => answer.statusCode === 200,
      // Nobody listens there.
      () => false,
    )
  }
  const choose = async (): Promise<number> => {
    for (;;) {
      turn = (turn + 1) % origins.length
      const chosen = turn
      if (await isReady(chosen)) return chosen
    }
  }

  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const index = await choose()
    try {
      const { answer, text } = await ask(`${origins[index]}${request.url}`, request, body)
      answered[index] = (answered[index] ?? 0) + 1
      for (const [name, values] of Object.entries(answer.headersDistinct)) {
        if (values !== undefined && name !== 'connection') response.setHeader(name, values)
      }
      response.writeHead(answer.statusCode ?? 500).end(text)
    } catch (error) {
      lost.push(`${request.method} ${request.url} at ${index}: ${error}`)
      response.writeHead(502).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered,
    lost,
    close: () => {
      agent.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}

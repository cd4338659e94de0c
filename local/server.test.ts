import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect, test } from '@playwright/test'
import { statusesIn } from '../test/support/raw.ts'
import { createUsherServer } from './server.ts'

const GET = 'GET /api/stars/vega HTTP/1.1\r\nHost: x\r\n\r\n'
const SIGN_IN =
  'POST /api/auth/signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'
/** As many sign-ins as the server lets in at a time. */
const PLACES = 12

/** A server whose host answers when the test says so. */
interface Rig {
  server: Server
  /** What came to the host and has no answer yet. */
  waiting: { request: IncomingMessage; response: ServerResponse }[]
  /** The server's ends of connections. */
  sockets: Socket[]
  /** Connects and sends. */
  send(text: string): { socket: Socket; answers: string }
  /** As a signal does. */
  leave(): void
  /** Answers the sign-ins that have come so far. */
  answerSignIns(): void
  close(): Promise<void>
}

async function start(): Promise<Rig> {
  const waiting: Rig['waiting'] = []
  const sockets: Socket[] = []
  const clients: Socket[] = []
  const leaving = new AbortController()
  const settings = { origin: 'https://api.example.com', corsOrigins: [] }
  const server = createUsherServer(
    (request, response) => void waiting.push({ request, response }),
    'x-peer',
    settings,
    leaving.signal,
  )
  server.on('connection', (socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    server,
    waiting,
    sockets,
    send: (text) => {
      const socket = connect(port, '127.0.0.1')
      const client = { socket, answers: '' }
      socket.on('data', (chunk) => {
        client.answers += chunk
      })
      socket.write(text)
      clients.push(socket)
      return client
    },
    leave: () => leaving.abort(),
    answerSignIns: () => {
      for (const { request, response } of waiting.splice(0)) {
        if (request.method === 'POST') response.end('{}\n')
      }
    },
    close: async () => {
      for (const client of clients) client.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Whether a sign-in of somebody else comes to the host and is answered. */
async function signsIn(rig: Rig): Promise<void> {
  const other = rig.send(SIGN_IN)
  await expect
    .poll(() => {
      rig.answerSignIns()
      return statusesIn(other.answers)
    })
    .toEqual([200])
}

test('a connection that is reset gives back the places of sign-ins that wait behind its first request', async () => {
  const rig = await start()
  const clients = Array.from({ length: PLACES }, () => rig.send(GET + SIGN_IN))
  await expect.poll(() => rig.waiting.length).toBe(2 * PLACES)
  for (const { socket } of clients) socket.resetAndDestroy()
  await expect.poll(() => rig.sockets.every(({ closed }) => closed)).toBe(true)
  rig.waiting.splice(0)

  await signsIn(rig)
  await rig.close()
})

test('sign-ins whose client left while they waited in line are not looked at', async () => {
  const rig = await start()
  for (let place = 0; place < PLACES; place++) rig.send(SIGN_IN)
  await expect.poll(() => rig.waiting.length).toBe(PLACES)
  const client = rig.send(GET + SIGN_IN)
  await expect.poll(() => rig.waiting.length).toBe(PLACES + 1)
  client.socket.resetAndDestroy()
  await expect.poll(() => rig.sockets.at(-1)?.closed).toBe(true)

  rig.answerSignIns()
  await signsIn(rig)
  expect(rig.waiting).toEqual([])
  await rig.close()
})

test('an answer that its client does not read holds no place', async () => {
  const rig = await start()
  const clients = Array.from({ length: PLACES }, () => rig.send(GET + SIGN_IN))
  await expect.poll(() => rig.waiting.length).toBe(2 * PLACES)
  // The answers of the sign-ins wait for those before them, which do not come.
  rig.answerSignIns()

  await signsIn(rig)
  expect(clients.map(({ answers }) => answers)).toEqual(clients.map(() => ''))
  await rig.close()
})

test('of one connection one sign-in at a time is with the host, and leaves nothing on the connection', async () => {
  const rig = await start()
  const one = rig.send(SIGN_IN.repeat(20))
  await expect.poll(() => rig.waiting.length).toBe(1)
  const listeners = rig.sockets[0]?.listenerCount('close')
  // Nineteen wait, and have not taken the places of others.
  await signsIn(rig)

  const seen: number[] = []
  await expect
    .poll(
      () => {
        seen.push(rig.waiting.length)
        rig.answerSignIns()
        return statusesIn(one.answers).length
      },
      { intervals: [5] },
    )
    .toBe(20)
  expect(Math.max(...seen)).toBe(1)
  expect(rig.sockets[0]?.listenerCount('close')).toBeLessThan(listeners ?? 0)
  await rig.close()
})

test('while the server is stopping each answer is the last of its connection, and says so', async () => {
  const rig = await start()
  const served = rig.send(GET)
  await expect.poll(() => rig.waiting.length).toBe(1)
  rig.waiting.pop()?.response.end('{}')
  await expect.poll(() => served.answers).toContain('{}')
  const open = rig.send(GET + GET)
  await expect.poll(() => rig.waiting.length).toBe(2)

  rig.leave()
  served.socket.write(GET)
  await expect.poll(() => rig.waiting.length).toBe(3)
  // Behind a last answer nothing is looked at.
  for (const { socket } of [served, open]) socket.write(SIGN_IN)
  for (const { response } of rig.waiting) response.end('{}')
  await expect.poll(() => [served, open].every(({ socket }) => socket.closed)).toBe(true)
  expect(rig.waiting).toHaveLength(3)
  const connections = ({ answers }: { answers: string }): string[] =>
    [...answers.matchAll(/^Connection: (.+)\r$/gm)].map(([, value = '']) => value)
  expect(connections(served)).toEqual(['keep-alive', 'close'])
  expect(connections(open)).toEqual(['keep-alive', 'close'])
  await rig.close()
})

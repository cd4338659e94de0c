import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, test } from '@playwright/test'
import { openRest } from '../../../local/transports/rest.ts'
import { connect, type Database } from './redis.ts'
import type { Transport } from './transport.ts'

function readOnce(redis: Transport): Promise<unknown> {
  const pipeline = redis.pipeline()
  pipeline.hmget('k', 'f')
  return pipeline.exec({ keepErrors: true })
}

interface Opened {
  store: Transport
  close(): Promise<void>
}

/** Every way over REST keeps the same rule. */
const WAYS: Record<string, (database: Database) => Opened> = {
  'the official client': (database) => ({ store: connect(database), close: async () => undefined }),
  "undici's pool": (database) => {
    const { reached, close } = openRest(database)
    return { store: reached.store, close }
  },
}

for (const [name, open] of Object.entries(WAYS)) {
  test(`${name}: of two writes that cross, the token of the one that was answered last stays`, async () => {
    const held = new Map<string, ServerResponse>()
    let sent: unknown
    const answer = (response: ServerResponse, token: string, body: unknown): void => {
      const headers = { 'Content-Type': 'application/json', 'Upstash-Sync-Token': token }
      response.writeHead(200, headers).end(JSON.stringify(body))
    }
    const server = createServer(async (request: IncomingMessage, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(Buffer.from(chunk))
      const body = JSON.parse(String(Buffer.concat(chunks)))
      if (request.url !== '/pipeline') held.set(body[1], response)
      else {
        sent = request.headers['upstash-sync-token']
        answer(response, String(sent), [{ result: [] }])
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new TypeError('no port')
    const { store: redis, close } = open({
      url: `http://127.0.0.1:${address.port}`,
      token: 'token',
    })

    const writes = new Map(['first', 'second'].map((name) => [name, redis.eval(name, [], [])]))
    await expect.poll(() => held.size).toBe(2)
    for (const name of ['second', 'first']) {
      const response = held.get(name)
      if (response !== undefined) answer(response, `of the ${name}`, { result: [] })
      await writes.get(name)
      await readOnce(redis)
      expect(sent).toBe(`of the ${name}`)
    }
    await close()
    await new Promise((resolve) => server.close(resolve))
  })

  test(`${name}: a read that was overtaken by a write does not take away its sync token`, async () => {
    const sent: unknown[] = []
    let held: ServerResponse | undefined
    const answer = (response: ServerResponse, token: string, body: unknown): void => {
      const headers = { 'Content-Type': 'application/json', 'Upstash-Sync-Token': token }
      response.writeHead(200, headers).end(JSON.stringify(body))
    }
    const server = createServer((request: IncomingMessage, response) => {
      request.resume()
      sent.push(request.headers['upstash-sync-token'])
      if (request.url !== '/pipeline') answer(response, 'of the write', { result: [] })
      else if (held === undefined) held = response
      else answer(response, 'of a read', [{ result: [] }])
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new TypeError('no port')
    const { store: redis, close } = open({
      url: `http://127.0.0.1:${address.port}`,
      token: 'token',
    })
    const read = () => readOnce(redis)

    const overtaken = read()
    await expect.poll(() => held).toBeDefined()
    await redis.eval('a script', [], [])
    if (held !== undefined) answer(held, 'of the read before', [{ result: [] }])
    await overtaken
    await read()
    await read()
    expect(sent.slice(2)).toEqual(['of the write', 'of a read'])
    await close()
    await new Promise((resolve) => server.close(resolve))
  })
}

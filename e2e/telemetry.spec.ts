import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, type TestStore, test } from '../test/support/fixtures.ts'
import { startApi } from '../test/support/start-api.ts'

/** A collector of spans, and a server that sends to it. */
async function startTraced(store: TestStore) {
  const received: string[] = []
  const collector = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push(Buffer.concat(chunks).toString())
      response.writeHead(200).end()
    })
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const server = await startApi({
    host: 'start',
    store: store.gateway,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
  })
  return {
    origin: server.origin,
    received: () => received.join('\n'),
    stop: async () => {
      await server.stop()
      collector.closeAllConnections()
      collector.close()
    },
  }
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

test('with an OTLP endpoint every request is a span of the trace that it belongs to', async ({
  store,
}) => {
  const { origin, received, stop } = await startTraced(store)
  const response = await fetch(`${origin}/api/books/emma`, {
    headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` },
  })
  expect(response.status).toBe(200)
  await expect.poll(received, { timeout: 20_000 }).toContain(TRACE)
  expect(received()).toContain('"GET /api/books/{id}"')
  await stop()
})

test('the last spans are sent at SIGTERM, and none holds what a client wrote into its URL', async ({
  store,
}) => {
  const { origin, received, stop } = await startTraced(store)
  for (const path of [
    '/api/books/hidden-id?token=hidden-token',
    '/api/users/hidden%40home.org',
    '/v1/books/get/hidden-id',
    '/api/hidden/path/x',
    '/account/verify?token=hidden-token',
    '/hidden-page?user=hidden@home.org',
    '/api/%zz/hidden',
  ]) {
    const headers = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }
    await (await fetch(`${origin}${path}`, { headers, redirect: 'manual' })).text()
  }
  await stop()
  expect(received()).toContain(TRACE)
  expect(received()).toContain('"GET /api/books/{id}"')
  expect(received()).not.toContain('hidden')
})

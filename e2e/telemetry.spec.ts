import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, SECRET_RTOKEN, SECRET_TOKEN, test } from './support/fixtures.ts'
import { freePort, startProgram } from './support/processes.ts'

test('with an OTLP endpoint every request is a span of the trace that it belongs to', async ({
  store,
}) => {
  let received = ''
  const collector = createServer((request, response) => {
    request.on('data', (chunk) => {
      received += chunk.toString('latin1')
    })
    request.on('end', () => response.writeHead(200).end())
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const environment = {
    PATH: process.env['PATH'],
    PORT: String(port),
    APP_ORIGIN: origin,
    SECRET_TOKEN,
    SECRET_RTOKEN,
    UPSTASH_REDIS_REST_URL: store.gateway.url,
    UPSTASH_REDIS_REST_TOKEN: store.gateway.token,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  }
  const args = ['local/run.mjs', 'start']
  const server = await startProgram(process.execPath, args, environment, /Usher listens on/)
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const response = await fetch(`${origin}/api/books/emma`, {
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  })
  expect(response.status).toBe(200)
  await expect.poll(() => received, { timeout: 20_000 }).toContain(traceId)
  expect(received).toContain('/api/')
  await server.stop()
  collector.closeAllConnections()
  collector.close()
})
